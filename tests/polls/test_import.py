"""Imported elections are stored, counted, shown and exported as they were published."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.management.operator_error import OperatorError
from polls.counting import ballot_count
from polls.formats import READERS
from polls.models import Poll, SecretBallot
from polls.transfer import import_election
from tests.polls.test_tally_elections import DATA, DEBIAN, MINNEAPOLIS, POLIS

pytestmark = [pytest.mark.django_db, pytest.mark.election]
real = pytest.mark.skipif(not DATA.exists(), reason="the election data is not on this machine")
FIXTURES = Path(__file__).parent / "fixtures"


def bring_in(form, path, topic) -> list[Poll]:
    call_command("import_ballots", form, str(path), topic=topic.pk, author=topic.author.username)
    return list(Poll.objects.prefetch_related("options").order_by("pk"))


def wordings(poll):
    return {option.pk: option.wording for option in poll.options.all()}


def last_round(poll):
    """The final round by wording, and the winner, from the frozen result."""
    names = wordings(poll)
    counts = {names[int(option)]: count for option, count in poll.outcome["rounds"][-1]["counts"].items()}
    return counts, names[poll.outcome["winner"]]


def places(poll):
    """The ranking of the Schulze method, as wordings."""
    names = wordings(poll)
    return [{names[option] for option in place} for place in poll.outcome["ranking"]]


@real
@pytest.mark.parametrize(
    ("path", "ballots", "final", "winner"),
    [
        (
            "source-xlsx/2013-mayor-cvr.xlsx",
            80_101,
            {"BETSY HODGES": 38_870, "MARK ANDREW": 24_972},
            "BETSY HODGES",
        ),
        (
            "unprocessed-csv/2013-ward-5-cvr.csv",
            3_622,
            {"BLONG YANG": 1_842, "IAN ALEXANDER": 1_394},
            "BLONG YANG",
        ),
        (
            "unprocessed-csv/2013-ward-13-cvr.csv",
            10_742,
            {"LINEA PALMISANO": 5_059, "MATT PERRY": 4_705},
            "LINEA PALMISANO",
        ),
    ],
)
def test_minneapolis_elects_whom_it_elected(path, ballots, final, winner, topic, capsys):
    (poll,) = bring_in("minneapolis", MINNEAPOLIS / path, topic)
    assert SecretBallot.objects.filter(poll=poll).count() == ballots
    assert last_round(poll) == (final, winner)
    aside = [option.wording for option in poll.options.all() if option.set_aside]
    assert aside == ["UWI"]
    call_command("recount_poll", str(poll.pk))
    assert f"{ballots:,} ballots. The result that is shown agrees" in capsys.readouterr().out


@real
@pytest.mark.parametrize(
    ("year", "ballots", "winner", "beaten", "figures"),
    [
        (2006, 421, "Anthony Towns", "Steve McIntyre", (190, 184)),
        (2007, 482, "Sam Hocevar", "Steve McIntyre", (211, 203)),
    ],
)
def test_debian_elects_whom_it_elected(year, ballots, winner, beaten, figures, topic, visitor):
    (poll,) = bring_in("debian", DEBIAN / f"DebianData/leader{year}_tally.txt", topic)
    ids = {wording.split("[")[0].strip(): str(pk) for pk, wording in wordings(poll).items()}
    assert poll.outcome["ballots"] == ballots
    assert str(poll.outcome["condorcet_winner"]) == ids[winner]
    wins = poll.outcome["wins"]
    assert (wins[ids[winner]][ids[beaten]], wins[ids[beaten]][ids[winner]]) == figures
    page = visitor.get(poll.get_absolute_url()).content.decode()
    assert f"{figures[0]}<span" in page and f"<td>{figures[1]}</td>" in page


@real
def test_polis_statements_have_their_agrees_and_disagrees(topic):
    folder = POLIS / "15-per-hour-seattle"
    polls = bring_in("polis", folder, topic)
    with (folder / "comments.csv").open(newline="") as lines:
        published = sorted(csv.DictReader(lines), key=lambda row: int(row["comment-id"]))
    found = [[poll.outcome["counts"][str(option.pk)] for option in poll.options.all()][:2] for poll in polls]
    assert found == [[int(row["agrees"]), int(row["disagrees"])] for row in published]


def test_a_broken_line_is_reported_and_skipped(topic, capsys):
    (poll,) = bring_in("minneapolis", FIXTURES / "precinct.csv", topic)
    broken = []
    (election,) = READERS["minneapolis"](FIXTURES / "precinct.csv", broken.append)
    said = capsys.readouterr()
    assert broken and [f"Skipped {line}" for line in broken] == [
        line for line in said.err.splitlines() if line.startswith("Skipped")
    ]
    assert f"{len(broken)} broken lines were skipped" in said.out
    assert poll.cells["ballots"] == sum(cast.count for cast in election.ballots)


@pytest.mark.parametrize(
    ("form", "path", "reason"),
    [("blt", "nowhere.blt", "does not exist"), ("blt", "precinct.csv", "cannot be read as blt")],
)
def test_a_missing_or_unreadable_file_is_refused_and_leaves_no_poll(form, path, reason, topic):
    with pytest.raises(OperatorError, match=reason):
        bring_in(form, FIXTURES / path, topic)
    assert Poll.objects.count() == 0


@pytest.mark.parametrize("form", ["blt", "csv", "json", "preference"])
def test_an_export_gives_the_same_count_again(form, topic, visitor, tmp_path):
    (poll,) = bring_in("blt", FIXTURES / "village.hil", topic)
    answer = visitor.get(f"/poll/{poll.pk}/ballots.{form}")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    text = b"".join(answer).decode()
    if form == "blt":
        path = tmp_path / "again.blt"
        path.write_text(text)
        first, again = bring_in("blt", path, topic)
        assert places(first) == places(again) and first.outcome["ballots"] == again.outcome["ballots"]
    elif form == "json":
        ballots = json.loads(text)["ballots"]
        assert sum(ballot["count"] for ballot in ballots) == poll.cells["ballots"]
        assert all(ballot["name"] for ballot in ballots)
    else:
        assert poll.question in text or form == "csv"
    assert +ballot_count.count(poll)[0] == poll.cells


def test_totals_from_another_forum_become_a_closed_poll(topic, visitor):
    poll = import_election.bring_in_totals(
        topic=topic, author=topic.author, question="Tea?", method="one", totals=[("Yes", 7), ("No", 3)], voters=10,
        source="discourse", at=timezone.now(),
    )  # fmt: skip
    page = visitor.get(poll.get_absolute_url()).content.decode()
    assert "7 · 70.0 %" in page and "imported as totals" in page
