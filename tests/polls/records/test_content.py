"""The record of a closed poll: what it contains, and that the verifier finds it right."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from forums.models import PendingRecord, Record, RecordText
from forums.records import files, writing
from forums.records.verify_record import hash_of, main, verify
from polls.ballots import closing
from polls.ballots.receipts import receipt_of
from polls.models import Ballot, SecretBallot, Voter
from tests.cast import member

VISITOR = AnonymousUser()
MARKS = {
    "one": lambda a, b, c: [[a], [a], [b]],
    "several": lambda a, b, c: [[a, b], [a], [c]],
    "approval": lambda a, b, c: [[a, b], [b], [c]],
    "score": lambda a, b, c: [[[a, 5], [b, 2]], [[b, 0]], [[c, 4]]],
    "dots": lambda a, b, c: [[[a, 7], [b, 3]], [[b, 1]], [[c, 9]]],
    "runoff": lambda a, b, c: [[[a], [b]], [[b]], [[c], [b]]],
    "schulze": lambda a, b, c: [[[a, b]], [[b]], [[c], [b, a]]],
    "stv": lambda a, b, c: [[[a], [b]], [[b]], [[c], [b]]],
    "meek": lambda a, b, c: [[[a], [b]], [[a], [b]], [[c], [b]]],
    "consent": lambda a, b, c: [[a], [b], [c, "It floods in May."]],
}
"""Three ballots for each method."""


def file_of(record, viewer=VISITOR):
    return json.loads("".join(files.json_file(record, viewer)))


def cast(poll, voter, marks, key):
    """Writes the rows of a ballot in the transaction of the test."""
    about = {"poll": poll, "marks": poll.read(marks)}
    if poll.secret:
        Voter.objects.create(poll=poll, member=voter)
        SecretBallot.objects.create(receipt=receipt_of(poll.pk, key), **about)
    else:
        Ballot.objects.create(member=voter, token=key, cast_at=timezone.now(), **about)


@pytest.fixture
def voted(open_poll, crowd):
    """`voted(method, …)` opens a poll in which three members vote. Returns it and their keys."""

    def voted(method, **rules):
        members, keys = crowd(3), []
        poll = open_poll(method=method, **rules)
        for voter, marks in zip(members, MARKS[method](*poll.option_ids), strict=True):
            keys.append(uuid4())
            cast(poll, voter, marks, keys[-1])
        return poll, keys

    return voted


@pytest.fixture
def record(voted):
    """`record(method, …)` closes such a poll and records it."""

    def record(method="one", **rules):
        poll, _ = voted(method, **rules)
        closing.close(poll)
        writing.write_due()
        return Record.objects.get(kind="poll", number=poll.pk)

    return record


@pytest.mark.parametrize(
    ("method", "secret"), [*((method, True) for method in MARKS), ("one", False), ("consent", False)]
)
def test_the_verifier_finds_every_method_right(record, method, secret):
    made = record(method, secret=secret, seats=2 if method in ("stv", "meek") else 1)
    report = verify([file_of(made)], head=made.hash[:12])
    assert report.wrong == []
    assert "the result, counted again from all ballots" in report.checked


def test_a_closed_poll_waits_for_its_record_until_it_is_written_once(voted):
    poll, _ = voted("one")
    closing.close(poll)
    assert PendingRecord.objects.get().number == poll.pk
    assert writing.write_due() == 1
    assert PendingRecord.objects.count() == 0
    assert writing.write_due() == 0
    assert Record.objects.count() == 1


# --- Alterations --------------------------------------------------------------------------------------


def every_place(value, at=()):
    """Yields the path of each value in a JSON document, objects and lists included."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from every_place(each, (*at, key))


def other(value):
    """Returns another value."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    return value + "x" if isinstance(value, str) else [*value, 7] if isinstance(value, list) else {"other": 7}


def altered(document, at, change):
    copy = json.loads(json.dumps(document))
    *way, last = at
    holder = copy
    for key in way:
        holder = holder[key]
    holder[last] = change(holder[last])
    return copy


def test_each_alteration_of_a_record_is_detected(record):
    document = file_of(record("schulze", quorum=2))
    assert verify([document]).wrong == []
    places = [at for at in every_place(document) if at[0] == "records" and len(at) > 2]
    assert len(places) > 150
    unseen = [at for at in places if not verify([altered(document, at, other)]).wrong]
    assert unseen == []


def forged(document, change):
    """Returns the document after `change(poll)`, with all hashes made anew, as those who run a site could."""
    copy = json.loads(json.dumps(document))
    one = copy["records"][0]
    change(one["content"]["poll"])
    one["link"]["content"] = hash_of(one["content"])
    one["link"]["hash"] = hash_of({name: one["link"][name] for name in one["link"] if name != "hash"})
    return copy


FORGERIES = {
    "a ballot is changed": lambda poll: poll["ballots"][0].update(marks=poll["ballots"][1]["marks"]),
    "a ballot is added": lambda poll: poll["ballots"].append({"receipt": "Z" * 20, "marks": []}),
    "a ballot is removed": lambda poll: poll["ballots"].pop(),
    "a ballot is there twice": lambda poll: poll["ballots"].insert(0, poll["ballots"][0]),
    "a receipt is shortened": lambda poll: poll["ballots"][0].update(receipt="A"),
    "an option is unknown": lambda poll: poll["ballots"][0].update(marks=[[7_000]]),
    "another option wins": lambda poll: poll["result"]["winners"].reverse(),
    "the quorum is lower": lambda poll: poll["rules"].update(quorum=1),
    "there are fewer seats": lambda poll: poll["rules"].update(seats=1),
    "the closing is not in the log": lambda poll: poll["log"].pop(),
    "there are more voters than members": lambda poll: poll.update(roll_size=2),
}


ONLY_BY_THE_CHAIN = {"the quorum is lower"}
"""It gives the same result here, so only the hash of the link says that it is another."""


def test_a_forgery_with_new_hashes_is_detected_by_the_count_or_by_the_chain(record):
    made = record("stv", secret=True, seats=2, quorum=2, roll_grows=False)
    document = file_of(made)
    assert verify([document], head=made.hash).wrong == []
    found = {name: verify([forged(document, change)]).wrong for name, change in FORGERIES.items()}
    assert {name for name, wrong in found.items() if not wrong} == ONLY_BY_THE_CHAIN
    for name in ONLY_BY_THE_CHAIN:
        assert verify([forged(document, FORGERIES[name])], head=made.hash).wrong != []


def test_a_voter_finds_their_ballot_by_their_key(voted, tmp_path, capsys):
    poll, keys = voted("one", secret=True)
    closing.close(poll)
    writing.write_due()
    path = tmp_path / "record.json"
    path.write_text("".join(files.json_file(Record.objects.get(), VISITOR)))
    assert main([str(path), "--key", str(keys[2])]) == 0
    found = f"Your ballot, with the receipt {receipt_of(poll.pk, keys[2])}: [{poll.option_ids[1]}]"
    assert found in capsys.readouterr().out
    assert main([str(path), "--key", str(uuid4())]) == 1


# --- What is not in it --------------------------------------------------------------------------------


def test_a_record_says_nothing_about_who_cast_a_secret_ballot(record):
    made = record("one", secret=True)
    poll = file_of(made)["records"][0]["content"]["poll"]
    assert [set(ballot) for ballot in poll["ballots"]] == [{"receipt", "marks"}] * 3
    assert poll["voters"] is None
    receipts = [ballot["receipt"] for ballot in poll["ballots"]]
    assert receipts == sorted(receipts)
    assert not RecordText.objects.filter(text__startswith="Voter").exists()


def test_who_voted_is_in_it_if_the_rules_say_so_and_enough_have(voted, crowd):
    poll, _ = voted("one", secret=True, voters_published=True)
    for number in range(4, 11):
        cast(poll, member(f"Voter{number}"), [poll.option_ids[0]], uuid4())
    closing.close(poll)
    writing.write_due()
    document = file_of(Record.objects.get())
    assert len(document["records"][0]["content"]["poll"]["voters"]) == 10
    assert RecordText.objects.filter(text__startswith="Voter").count() == 10
    assert verify([document]).wrong == []


def test_results_for_moderators_only_are_not_in_it(record):
    made = record("one", results_show="staff")
    poll = file_of(made)["records"][0]["content"]["poll"]
    assert (poll["ballots"], poll["result"], poll["decision"], poll["ballots_in_all"]) == (
        None,
        None,
        None,
        3,
    )
    report = verify([file_of(made)])
    assert report.wrong == []
    assert any(line.startswith("the count") for line in report.unchecked)


# --- Pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["one", "score", "schulze", "stv", "consent"])
def test_the_page_shows_the_result_and_each_ballot(client, record, method):
    made = record(method, secret=True, seats=2 if method == "stv" else 1)
    page = client.get(f"/records/{made.seq}/").getvalue().decode()
    assert all(word in page for word in ("Which?", "Option 1", "Option 2", "Option 3", "opened"))
    poll = json.loads(made.content)["poll"]
    assert all(ballot["receipt"] in page for ballot in poll["ballots"])


def test_the_page_of_a_closed_poll_links_its_record(client, record):
    made = record()
    assert f'href="/records/{made.seq}/"' in client.get(made.address).text
