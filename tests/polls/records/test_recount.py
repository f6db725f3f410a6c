"""The verifier shares no code with the site. For all ballots, both count the same (Hypothesis)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forums.models.records.canonical import canonical
from forums.records.verify_record import Count, in_json
from polls.models import Option, Poll
from polls.records.content import decision_of
from polls.records.exact_result import exact
from polls.tally import Method, Tally, Terms
from tests.polls.test_tally_properties import BALLOTS, OPTIONS
from tests.polls.test_tally_seats import WARDS, on_this_machine, ward

settings.register_profile("records", deadline=None, max_examples=60)
settings.load_profile("records")
OBJECT = 5
"""The option with which `BALLOTS` object."""


def as_lists(ballot):
    return [list(mark) if isinstance(mark, tuple) else mark for mark in ballot]


def recorded(method, ballots, seats, kinds, rules):
    """The part of a record that is counted again."""
    return {
        "method": method,
        "seed": "acorn",
        "rules": rules | {"seats": seats},
        "roll_size": rules["roll"],
        "options": [{"number": o, "kind": kinds.get(o, ""), "set_aside": False} for o in OPTIONS],
        "ballots": [{"marks": as_lists(ballot)} for ballot in ballots],
    }


def special(method):
    """The kinds of options: an abstention and none of the above, as far as the method has them."""
    if method is Method.CONSENT:
        return st.just({3: "abstain", OBJECT: "object"})
    return st.sampled_from([{}, {11: "abstain"}, {7: "none", 11: "abstain"}])


cases = st.sampled_from(list(Method)).flatmap(
    lambda method: st.tuples(
        st.just(method), st.lists(BALLOTS[method], max_size=40), st.integers(1, 4), special(method)
    )
)
decisions = st.fixed_dictionaries(
    {
        "majority": st.sampled_from(["", "simple", "absolute", "thirds", "custom"]),
        "majority_percent": st.integers(1, 100),
        "majority_of_roll": st.booleans(),
        "quorum": st.integers(0, 30),
        "quorum_percent": st.integers(0, 100),
        "roll": st.integers(0, 60),
    }
)


@given(cases, decisions)
def test_the_verifier_counts_and_decides_as_the_site(case, rules):
    method, ballots, seats, kinds = case
    terms = Terms("acorn", seats, frozenset(o for o, kind in kinds.items() if kind == "abstain"), OBJECT)
    result = Tally.of(method, OPTIONS, ballots, terms).result()
    count = Count(recorded(method, ballots, seats, kinds, rules))
    again = getattr(count, f"by_{method}")()
    assert canonical(in_json(again)) == canonical(exact(result))
    stored = {name: value for name, value in rules.items() if name != "roll"}
    poll = Poll(pk=1, method=method, seats=seats, roll_size=rules["roll"], **stored)
    options = [Option(pk=o, kind=kinds.get(o, "")) for o in OPTIONS]
    poll._prefetched_objects_cache = {"options": options}
    assert count.decision(again) == decision_of(poll, result)


@on_this_machine
def test_the_verifier_counts_a_scottish_ward_as_the_site():
    election, ballots = ward(WARDS[0])
    options = tuple(election.options)
    tally = Tally.empty(Method.STV, options, Terms("acorn", 4))
    for ballot, number in ballots.items():
        tally.add(ballot, number)
    poll = {
        "method": "stv",
        "seed": "acorn",
        "rules": {"seats": 4},
        "options": [{"number": option, "kind": "", "set_aside": False} for option in options],
        "ballots": [{"marks": as_lists(each)} for each, number in ballots.items() for _ in range(number)],
    }
    assert canonical(in_json(Count(poll).by_stv())) == canonical(exact(tally.result()))
