"""Properties that hold for all ballots. Hypothesis searches for counterexamples."""

import json
from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polls.tally import Method, Tally

OPTIONS = (2, 3, 5, 7, 11)
CHOICES = (Method.ONE, Method.SEVERAL, Method.APPROVAL)
settings.register_profile("tally", deadline=None)
settings.load_profile("tally")


def rankings(ties):
    """Ballots that rank some of the options; with `ties`, several may share a rank."""
    orders = st.permutations(OPTIONS).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda size: order[:size])
    )
    if not ties:
        return orders.map(lambda order: tuple((option,) for option in order))
    ranks = st.dictionaries(st.sampled_from(OPTIONS), st.integers(1, 4))
    return ranks.map(
        lambda given: tuple(
            tuple(sorted(option for option in given if given[option] == rank))
            for rank in sorted(set(given.values()))
        )
    )


BALLOTS = {
    Method.ONE: st.sampled_from(OPTIONS).map(lambda option: (option,)),
    Method.SEVERAL: st.sets(st.sampled_from(OPTIONS), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    Method.APPROVAL: st.sets(st.sampled_from(OPTIONS)).map(lambda chosen: tuple(sorted(chosen))),
    Method.SCORE: st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 5)).map(
        lambda scores: tuple(sorted(scores.items()))
    ),
    Method.RUNOFF: rankings(ties=False),
    Method.SCHULZE: rankings(ties=True),
    Method.STV: rankings(ties=False),
    Method.MEEK: rankings(ties=False),
    Method.DOTS: st.dictionaries(st.sampled_from(OPTIONS), st.integers(1, 5)).map(
        lambda dots: tuple(sorted(dots.items()))
    ),
    Method.CONSENT: st.sampled_from([(2,), (3,), (5, "It floods."), (5, "")]),
}
polls = st.sampled_from(list(Method)).flatmap(
    lambda method: st.tuples(st.just(method), st.lists(BALLOTS[method], max_size=30))
)
runoffs = st.lists(BALLOTS[Method.RUNOFF], max_size=40)
schulzes = st.lists(BALLOTS[Method.SCHULZE], max_size=40)


@given(polls, st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_of_options_changes_nothing(poll, random):
    method, ballots = poll
    shuffled, options = list(ballots), list(OPTIONS)
    random.shuffle(shuffled)
    random.shuffle(options)
    assert Tally.of(method, options, shuffled).result() == Tally.of(method, OPTIONS, ballots).result()


@given(polls)
def test_a_tally_built_one_by_one_equals_one_built_at_once(poll):
    method, ballots = poll
    tally = Tally.empty(method, OPTIONS)
    for ballot in ballots:
        tally.add(ballot)
    assert tally == Tally.of(method, OPTIONS, ballots)
    assert tally.ballots == len(ballots)


@given(polls, st.integers(0, 30))
def test_tallies_counted_apart_merge_into_the_whole(poll, cut):
    method, ballots = poll
    tally = Tally.of(method, OPTIONS, ballots[:cut])
    tally.merge(Tally.of(method, OPTIONS, ballots[cut:]))
    assert tally == Tally.of(method, OPTIONS, ballots)


@given(polls, st.data())
def test_removing_an_added_ballot_restores_the_tally(poll, data):
    method, ballots = poll
    extra = data.draw(BALLOTS[method])
    tally = Tally.of(method, OPTIONS, ballots)
    tally.add(extra)
    tally.remove(extra)
    assert tally == Tally.of(method, OPTIONS, ballots)


@given(polls)
def test_a_tally_survives_storage(poll):
    method, ballots = poll
    tally = Tally.of(method, OPTIONS, ballots)
    kept = json.loads(json.dumps(tally.cells))
    assert Tally.from_cells(method, OPTIONS, kept) == tally


@given(st.sampled_from(CHOICES), st.data())
def test_the_marks_are_the_marks_on_the_ballots(method, data):
    ballots = data.draw(st.lists(BALLOTS[method]))
    counts = Tally.of(method, OPTIONS, ballots).result().counts
    assert counts == {option: sum(option in ballot for ballot in ballots) for option in OPTIONS}


@given(runoffs)
def test_in_a_runoff_no_ballot_appears_and_no_one_still_in_loses_votes(ballots):
    result = Tally.of(Method.RUNOFF, OPTIONS, ballots).result()
    for earlier, later in zip(result.rounds, result.rounds[1:], strict=False):
        assert later.continuing <= earlier.continuing
        assert later.continuing + later.exhausted == earlier.continuing + earlier.exhausted
        assert set(later.counts) == set(earlier.counts) - set(earlier.defeated)
        assert all(later.counts[option] >= earlier.counts[option] for option in later.counts)
        for option in earlier.defeated:
            moved = sum(earlier.transfers[option].values()) + earlier.spent.get(option, 0)
            assert moved == earlier.counts[option]
    if result.rounds:
        last = result.rounds[-1]
        assert last.counts[result.winner] * 2 > last.continuing
        assert last.continuing + last.exhausted + result.blank == len(ballots)


@given(st.lists(st.tuples(BALLOTS[Method.RUNOFF], st.integers(1, 999)), max_size=40), st.data())
def test_leaving_together_elects_whom_leaving_one_by_one_elects(ballots, data):
    # Many first choices for everybody, so that ties, which fewer rounds may break differently, are rare.
    firsts = data.draw(st.lists(st.integers(1, 5000), min_size=5, max_size=5, unique=True))
    ballots = ballots + [(((option,),), voters) for option, voters in zip(OPTIONS, firsts, strict=True)]
    tally = Tally.empty(Method.RUNOFF, OPTIONS)
    for ballot, voters in ballots:
        tally.add(ballot, voters)
    assert tally.result().winner == last_one_standing(ballots)


def last_one_standing(ballots):
    """The simplest instant run-off: each round eliminates one option until one is left."""
    counts = dict.fromkeys(OPTIONS, 0)
    while len(counts) > 1:
        counts = dict.fromkeys(counts, 0)
        for ballot, voters in ballots:
            choice = next((option for (option,) in ballot if option in counts), None)
            if choice is not None:
                counts[choice] += voters
        lowest, following = sorted(counts, key=counts.get)[:2]
        assume(counts[lowest] < counts[following])
        del counts[lowest]
    return next(iter(counts))


def prefers(ballot, a, b):
    """Whether the ballot places a above b. Unranked options are below all ranked ones."""
    place = {option: rank for rank, group in enumerate(ballot) for option in group}
    return place.get(a, len(ballot)) < place.get(b, len(ballot))


@given(schulzes)
def test_pairwise_figures_equal_a_comparison_on_every_ballot(ballots):
    wins = Tally.of(Method.SCHULZE, OPTIONS, ballots).result().wins
    for a, b in permutations(OPTIONS, 2):
        assert wins[a][b] == sum(prefers(ballot, a, b) for ballot in ballots)


@given(schulzes)
def test_a_condorcet_winner_wins(ballots):
    result = Tally.of(Method.SCHULZE, OPTIONS, ballots).result()
    champions = [a for a in OPTIONS if all(result.wins[a][b] > result.wins[b][a] for b in OPTIONS if b != a)]
    assert champions == ([] if result.condorcet_winner is None else [result.condorcet_winner])
    if champions:
        assert result.winners == tuple(champions)


@given(schulzes)
def test_every_option_has_one_place_and_none_is_beaten_from_below(ballots):
    result = Tally.of(Method.SCHULZE, OPTIONS, ballots).result()
    assert sorted(option for place in result.ranking for option in place) == sorted(OPTIONS)
    for number, place in enumerate(result.ranking):
        for lower in (option for below in result.ranking[number + 1 :] for option in below):
            assert all(result.strengths[a][lower] >= result.strengths[lower][a] for a in place)


@given(schulzes, st.permutations(OPTIONS))
def test_the_schulze_method_does_not_care_what_options_are_called(ballots, other):
    renamed = dict(zip(OPTIONS, other, strict=True))
    swapped = [tuple(tuple(sorted(renamed[o] for o in group)) for group in ballot) for ballot in ballots]
    ranking = Tally.of(Method.SCHULZE, OPTIONS, ballots).result().ranking
    expected = tuple(tuple(sorted(renamed[option] for option in place)) for place in ranking)
    assert Tally.of(Method.SCHULZE, OPTIONS, swapped).result().ranking == expected
