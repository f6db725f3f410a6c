"""Imported elections are stored, counted, shown and exported as they were published."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import DataError
from django.utils import timezone

from config.management.operator_error import OperatorError
from forums.models import Category, Topic
from polls.counting import ballot_count
from polls.formats import READERS, Cast, Election
from polls.management.commands import import_ballots
from polls.models import Poll, SecretBallot
from polls.tally import Method
from polls.transfer import export, import_election
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
    counts = {
        names[int(option)]: count for option, count in poll.frozen_result["rounds"][-1]["counts"].items()
    }
    return counts, names[poll.frozen_result["winner"]]


def places(poll):
    """The ranking of the Schulze method, as wordings."""
    names = wordings(poll)
    return [{names[option] for option in place} for place in poll.frozen_result["ranking"]]


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
    assert poll.frozen_result["ballots"] == ballots
    assert str(poll.frozen_result["condorcet_winner"]) == ids[winner]
    wins = poll.frozen_result["wins"]
    assert (wins[ids[winner]][ids[beaten]], wins[ids[beaten]][ids[winner]]) == figures
    page = visitor.get(poll.get_absolute_url()).content.decode()
    assert f"{figures[0]}<span" in page and f"<td>{figures[1]}</td>" in page


@real
def test_polis_statements_have_their_agrees_and_disagrees(topic):
    folder = POLIS / "15-per-hour-seattle"
    polls = bring_in("polis", folder, topic)
    with (folder / "comments.csv").open(newline="") as lines:
        published = sorted(csv.DictReader(lines), key=lambda row: int(row["comment-id"]))
    found = [
        [poll.frozen_result["counts"][str(option.pk)] for option in poll.options.all()][:2] for poll in polls
    ]
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
    [
        ("blt", "nowhere.blt", r"nowhere\.blt cannot be read \(no such file or directory\)"),
        ("blt", "precinct.csv", r"precinct\.csv cannot be read as blt"),
        ("blt", ".", r"cannot be read \(is a directory\)"),
        ("polis", "village.hil", r"comments\.csv cannot be read \(not a directory\)"),
        ("polis", ".", r"comments\.csv cannot be read \(no such file or directory\)"),
        ("blt", "long" * 100, r"cannot be read \(file name too long\)"),
        ("minneapolis", "letter.xlsx", r"letter\.xlsx is not a workbook"),
        ("minneapolis", "empty.xlsx", r"empty\.xlsx is not a workbook"),
        ("debian", "picture.png", r"picture\.png is not a text file"),
        ("minneapolis", "headings.csv", r"headings\.csv has no options to vote for"),
    ],
)
def test_a_wrong_path_is_refused_with_a_sentence_and_leaves_nothing(form, path, reason, ada, tmp_path):
    (tmp_path / "letter.xlsx").write_text("Dear Ada,")
    ZipFile(tmp_path / "empty.xlsx", "w").close()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "headings.csv").write_text("Precinct,1ST CHOICE MAYOR,COUNT\n")
    Category.objects.create(name="Town", slug="town")
    found = (
        tmp_path / path
        if (tmp_path / path).suffix in (".xlsx", ".png") or path == "headings.csv"
        else FIXTURES / path
    )
    with pytest.raises(OperatorError, match=reason):
        call_command("import_ballots", form, str(found), author=ada.username)
    assert (Poll.objects.count(), Topic.objects.count()) == (0, 0)


def test_a_second_run_adds_nothing_and_names_the_topic(ada, tmp_path, capsys):
    Category.objects.create(name="Town", slug="town")
    for name in ("village.hil", "renamed.hil"):
        path = tmp_path / name
        path.write_bytes((FIXTURES / "village.hil").read_bytes())
        call_command("import_ballots", "blt", str(path), author=ada.username)
    topic = Topic.objects.get()
    assert Poll.objects.get().topic == topic
    assert capsys.readouterr().out.splitlines() == [
        f"1 polls with 9 ballots were added to {topic.get_absolute_url()}. 4 broken lines were skipped.",
        f"0 polls with 0 ballots were added to {topic.get_absolute_url()}. 1 polls were imported before."
        " 4 broken lines were skipped.",
    ]


def test_statements_with_the_same_words_and_without_votes_are_one_poll(topic, tmp_path):
    (tmp_path / "comments.csv").write_text("comment-id,comment-body\n1,More trees.\n2,More trees.\n")
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\n")
    assert [poll.question for poll in bring_in("polis", tmp_path, topic)] == ["More trees."]


def test_a_failed_import_leaves_no_topic_and_no_poll_behind(ada, tmp_path):
    """Postgres refuses the second election, because no text column holds the character NUL."""
    (tmp_path / "comments.csv").write_text("comment-id,comment-body\n1,Trees\n2,Benches\n")
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\n1,7,1\n")
    elections = list(READERS["polis"](tmp_path, print))
    Category.objects.create(name="Town", slug="town")
    broken = replace(elections[1], options={1: "\0"})
    with pytest.raises(DataError, match="NUL"):
        import_ballots.Command().bring_in([elections[0], broken], None, ada, "statements")
    assert (Poll.objects.count(), Topic.objects.count()) == (0, 0)


@pytest.mark.parametrize("ballots", ["1 2 1 0", "1 1 0\n1 1 0", "2 1 0", ""])
def test_any_number_of_ballots_without_names_is_imported(ballots, topic, tmp_path):
    path = tmp_path / "small.blt"
    path.write_text(f'2 1\n{ballots}\n0\n"A"\n"B"\n"T"\n')
    (poll,) = bring_in("blt", path, topic)
    stored = SecretBallot.objects.values_list("receipt", flat=True)
    assert len(stored) == poll.frozen_result["ballots"] and all(len(receipt) == 20 for receipt in stored)


def test_a_name_becomes_a_receipt_only_if_it_names_one_ballot(topic):
    casts = [Cast(((1,),), 1, "once"), Cast(((1,),), 1, "often"), Cast(((2,),), 3, "often")]
    election = Election("Tea?", Method.RUNOFF, {1: "Yes", 2: "No"}, casts)
    poll = import_election.bring_in(
        election, topic=topic, author=topic.author, source="x", progress=lambda number: None
    )
    receipts = poll.secret_ballots.values_list("receipt", flat=True)
    assert (len(receipts), [receipt for receipt in receipts if len(receipt) < 20]) == (5, ["once"])


@pytest.mark.parametrize("form", ["blt", "csv", "json", "preference"])
def test_an_export_gives_the_same_count_again(form, topic, visitor, tmp_path):
    (poll,) = bring_in("blt", FIXTURES / "village.hil", topic)
    answer = visitor.get(f"/poll/{poll.pk}/ballots.{form}")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    text = answer.text
    if form == "blt":
        path = tmp_path / "again.blt"
        path.write_text(text)
        assert bring_in("blt", path, topic) == [poll]  # the same election, so it is not added again
    elif form == "json":
        ballots = json.loads(text)["ballots"]
        assert sum(ballot["count"] for ballot in ballots) == poll.cells["ballots"]
        assert all(ballot["name"] for ballot in ballots)
    else:
        assert poll.question in text or form == "csv"
    assert +ballot_count.count(poll)[0] == poll.cells


def test_very_many_ballots_are_exported_in_parts(topic, visitor, monkeypatch):
    (poll,) = bring_in("blt", FIXTURES / "village.hil", topic)
    address = f"/poll/{poll.pk}/ballots.json"
    whole = json.loads(visitor.get(address).text)["ballots"]
    monkeypatch.setattr(export, "PART", len(whole) // 2 + 1)
    page = visitor.get(poll.get_absolute_url()).text
    assert re.findall(r"ballots\.json[^\"]*", page) == ["ballots.json?part=1", "ballots.json?part=2"]
    parts = [json.loads(visitor.get(f"{address}?part={number}").text)["ballots"] for number in (1, 2)]
    assert parts[0] + parts[1] == whole
    assert [visitor.get(f"{address}?part={wrong}").status_code for wrong in ("0", "3", "x")] == [404] * 3


def test_totals_from_another_forum_become_a_closed_poll(topic, visitor):
    poll = import_election.bring_in_totals(
        topic=topic, author=topic.author, question="Tea?", method="one", totals=[("Yes", 7), ("No", 3)], voters=10,
        source="discourse", at=timezone.now(),
    )  # fmt: skip
    page = visitor.get(poll.get_absolute_url()).content.decode()
    assert "7 · 70.0 %" in page and "imported as totals" in page
