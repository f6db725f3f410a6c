"""The ledger of the failure drills finds what was lost or stored twice."""

import json

import pytest

from tests.load.drills.ledger import Attempt, Ledger, Town, audit, figures

FOUND = {
    "bodies": {"Written one": 1, "Do limes grow here?": 1},
    "votes": {"7": ["two", ["a"]]},
    "waiting": 0,
    "replies": 1,
    "noted": 1,
    "noted twice": 0,
}


@pytest.fixture
def ledger():
    """Reply "one" was acknowledged after a refusal, ballot "two" was acknowledged, reply "three" has no answer."""
    written = Ledger(0, Town(1, "/t/1/", "/t/2/", 1, 1, [1], 1, []))
    written.attempts = [
        Attempt("reply", "one", 7, 503, 10, 2),
        Attempt("reply", "one", 7, 303, 13, 1),
        Attempt("vote", "two", 7, 303, 14, 1),
        Attempt("reply", "three", 8, 0, 15, 5),
        Attempt("visitor reads", "", 0, 200, 15, 1),
    ]
    written.possible_votes = {7: ["two"]}
    return written


def answering(**found):
    """A site whose database has this, and whose counters are right."""
    return lambda script: json.dumps(FOUND | found) if "bodies" in script else "every counter was right"


def test_a_site_that_has_stored_what_it_acknowledged_passes(ledger):
    assert audit(ledger, answering()) == "1 texts and the ballots of 1 members"
    audit(ledger, answering(bodies={"Written one": 1, "Written three": 1}))  # stored, and its answer was lost


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"bodies": {}}, "missing"),
        ({"bodies": {"Written one": 2}}, "twice"),
        ({"bodies": {"Written one": 1, "Written four": 1}}, "nobody"),
        ({"votes": {}}, "has the ballot none"),
        ({"votes": {"7": ["old", ["a"]]}}, "has the ballot old"),
        ({"waiting": 1}, "outbox"),
        ({"noted": 0}, "notified"),
        ({"noted twice": 1}, "notified"),
    ],
)
def test_what_is_lost_or_stored_twice_is_found(ledger, found, reason):
    with pytest.raises(AssertionError, match=reason):
        audit(ledger, answering(**found))


def test_the_figures_say_what_members_saw_since_the_fault(ledger):
    seen = figures(ledger, 11)
    assert (seen.acknowledged, seen.trouble, seen.slowest, seen.slowest_read) == (2, 9, 5, 1)
    assert seen.failed == {"reply": {503: 1, 0: 1}}
