"""Counts real elections again: each figure equals what the city, Debian and Polis published.

The files are not in the repository; without them these tests say so and are skipped.
"""

import csv
from pathlib import Path

import pytest

from polls.formats import READERS, workbook
from polls.tally import Method, Tally, Terms, runoff

DATA = Path(__file__).parents[3] / "shared" / "data"
MINNEAPOLIS = DATA / "rcv-minneapolis-2013"
DEBIAN = DATA / "condorcet-debian-2006-2007"
POLIS = DATA / "polis-opendata"

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the election data is not on this machine"),
    pytest.mark.xdist_group("elections"),  # one worker reads the large files
]


def read(reader, path):
    """The only election in a file without broken lines."""
    broken = []
    (election,) = READERS[reader](path, broken.append)
    assert broken == []
    return election


def tally(election):
    counted = Tally.empty(election.method, election.options)
    for cast in election.ballots:
        counted.add(cast.ballot, cast.count)
    return counted


def recount(path):
    """A Minneapolis race with its write-ins set aside; the result, and the rounds by candidate."""
    election = read("minneapolis", MINNEAPOLIS / path)
    counted = tally(election)
    write_ins = [option for option, name in election.options.items() if name == "UWI"]
    result = runoff.result(counted.cells, counted.options, Terms(barred=frozenset(write_ins)))
    return result, [by_name(one.counts, election) for one in result.rounds], election


def by_name(counts, election):
    return {election.options[option]: count for option, count in counts.items()}


@pytest.fixture(scope="module")
def mayor():
    return recount("source-xlsx/2013-mayor-cvr.xlsx")


def sheet():
    """The city's sheet for mayor: per round the votes by candidate, and the exhausted ballots."""
    rows = [
        row for _, row in workbook.rows(MINNEAPOLIS / "source-tabulations-xlsx/2013-mayor-final-rvc.xlsx")
    ]
    heading = next(number for number, row in enumerate(rows) if row[0] == "Candidate")
    body = {row[0].upper(): row for row in rows[heading + 1 :] if row and row[0]}
    body["UWI"] = body.pop("UNDECLARED WRITE-INS")
    exhausted, total = body.pop("EXHAUSTED"), body.pop("TOTAL")
    # After round 1 each round has two columns: the change, and the grand total.
    for column in range(1, len(total) - 1, 2):
        votes = {name: int(row[column]) for name, row in body.items()}
        yield votes, 0 if exhausted[column] == "-" else int(exhausted[column])


def test_the_mayor_s_final_round_is_the_city_s(mayor):
    result, rounds, election = mayor
    assert result.ballots == 80_101
    assert result.blank == 686
    assert rounds[-1] == {"BETSY HODGES": 38_870, "MARK ANDREW": 24_972}
    assert election.options[result.winner] == "BETSY HODGES"


def test_every_round_for_mayor_equals_the_city_s_sheet(mayor):
    result, rounds, _ = mayor
    published = list(sheet())
    assert len(published) == len(rounds) == 33
    for number, (votes, exhausted) in enumerate(published):
        assert rounds[number] == {name: votes[name] for name in rounds[number]}
        assert {name for name in votes if votes[name]} == set(rounds[number])
        assert result.rounds[number].exhausted == exhausted


def test_without_setting_write_ins_aside_the_mayor_is_the_same(mayor):
    _, _, election = mayor
    result = tally(election).result()
    assert by_name(result.rounds[-1].counts, election) == {"BETSY HODGES": 38_870, "MARK ANDREW": 24_972}


def test_ward_5_equals_the_city_s_sheet():
    result, rounds, election = recount("unprocessed-csv/2013-ward-5-cvr.csv")
    assert (result.ballots, result.blank) == (3_622, 123)
    assert rounds == [
        {"IAN ALEXANDER": 1048, "KALE R. SEVERSON": 220, "BLONG YANG": 1475, "BRETT BUCKNER": 746, "UWI": 10},
        {"IAN ALEXANDER": 1394, "BLONG YANG": 1842},
    ]
    assert result.rounds[1].exhausted == 263
    assert election.options[result.winner] == "BLONG YANG"


def test_ward_13_equals_the_city_s_sheet():
    result, rounds, election = recount("unprocessed-csv/2013-ward-13-cvr.csv")
    assert (result.ballots, result.blank) == (10_742, 283)
    assert rounds == [
        {
            "MISSY DURANT": 986,
            "BOB REUER": 749,
            "DAVID REGAN": 199,
            "LINEA PALMISANO": 4452,
            "MATT PERRY": 4063,
            "UWI": 10,
        },
        {"LINEA PALMISANO": 5059, "MATT PERRY": 4705},
    ]
    assert result.rounds[1].exhausted == 695
    assert election.options[result.winner] == "LINEA PALMISANO"


# The orders are those an independent program, the Condorcet PHP library, gives for the same two sheets.
@pytest.mark.parametrize(
    ("year", "ballots", "order", "won", "lost"),
    [
        (
            2006,
            421,
            "Anthony Towns > Steve McIntyre > Jeroen van Wolffelaar = Andreas Schuldei > Bill Allombert > "
            "None of the Above > Ari Pollak > Jonathan aka Ted Walther",
            190,
            184,
        ),
        (
            2007,
            482,
            "Sam Hocevar > Steve McIntyre > Raphaël Hertzog > Wouter Verhelst > Anthony Towns > "
            "Gustavo Franco > None Of The Above > Simon Richter > Aigars Mahinovs",
            211,
            203,
        ),
    ],
)
def test_debian_s_leader_wins_by_the_published_figures(year, ballots, order, won, lost):
    election = read("debian", DEBIAN / "DebianData" / f"leader{year}_tally.txt")
    result = tally(election).result()
    name = election.options
    assert result.ballots == ballots
    assert " > ".join(" = ".join(name[option] for option in place) for place in result.ranking) == order
    winner, (runner_up,) = result.condorcet_winner, result.ranking[1]
    assert result.winners == (winner,)
    assert (result.wins[winner][runner_up], result.wins[runner_up][winner]) == (won, lost)


def test_files_of_tideman_s_collection_are_read_whole_or_refused():
    election = read("blt", DEBIAN / "TidemanData" / "A77.HIL")
    assert (len(election.ballots), len(election.options)) == (213, 3)
    assert election.method is Method.RUNOFF
    council = read("blt", DEBIAN / "TidemanData" / "A1.HIL")
    assert (council.method, council.seats) == (Method.STV, 3)


@pytest.mark.parametrize(
    ("name", "statements", "votes"),
    [
        ("15-per-hour-seattle", 54, 2_995),
        ("brexit-consensus", 50, 5_312),
        ("canadian-electoral-reform", 174, 12_018),
    ],
)
def test_each_statement_of_polis_has_its_published_agrees_and_disagrees(name, statements, votes):
    with (POLIS / name / "comments.csv").open(newline="", encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["comment-id"]))
    published = [(row["comment-body"], int(row["agrees"]), int(row["disagrees"])) for row in rows]
    broken = []
    elections = list(READERS["polis"](POLIS / name, broken.append))
    counts = [tally(election).result().counts for election in elections]
    assert broken == []
    assert [(e.title, count[1], count[2]) for e, count in zip(elections, counts, strict=True)] == published
    assert len(elections) == statements
    assert sum(sum(count.values()) for count in counts) == votes
