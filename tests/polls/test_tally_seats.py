"""Elections for several seats: real Scottish wards, small elections counted by hand, and properties of every count."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stvpoll.scottish_stv import calculate_scottish_stv

from polls.formats import READERS
from polls.tally import Method, Tally, Terms

SCOTLAND = Path(__file__).parents[3] / "shared" / "data" / "stv-scotland"
on_this_machine = pytest.mark.skipif(
    not SCOTLAND.exists(), reason="the ballots of Scotland are not on this machine"
)
WARDS = ["edinburgh_2017_ward1", "dundee_2017_ward4", "argyll_bute_2012_ward5"]
OPTIONS = (1, 2, 3, 4, 5)


def ward(name):
    broken = []
    (election,) = READERS["blt"](SCOTLAND / f"{name}.blt", broken.append)
    assert (broken, election.method, election.seats) == ([], Method.STV, 4)
    ballots = Counter()
    for cast in election.ballots:
        ballots[cast.ballot] += cast.count
    return election, ballots


def count(method, ballots, seats=2, options=OPTIONS, seed=""):
    tally = Tally.empty(method, options, Terms(seed, seats))
    for ballot, number in ballots.items():
        tally.add(ballot, number)
    return tally.result()


def ranked(**orders):
    """`ranked(ab=3)`: three ballots that rank 1, then 2."""
    return {tuple(("abcde".index(letter) + 1,) for letter in order): n for order, n in orders.items()}


@on_this_machine
def test_edinburgh_s_almond_ward_elects_the_councillors_that_the_council_published():
    election, ballots = ward(WARDS[0])
    result = count(Method.STV, ballots, 4, election.options)
    assert {election.options[winner] for winner in result.winners} == {
        "Graham HUTCHISON (C)", "Kevin LANG (LD)", "Norrie WORK (SNP)", "Louise YOUNG (LD)",
    }  # fmt: skip
    assert result.rounds[0].quota == 2842 * result.unit
    # 6,079 votes with a surplus of 3,237: each ballot moves at 0.53248, without the other decimals.
    assert result.rounds[0].transfers[10] % 53_248 == 0
    assert result.rounds[1].counts[10] == 3652_90304


@on_this_machine
@pytest.mark.parametrize("name", WARDS)
def test_each_round_elects_and_eliminates_as_an_independent_count_does(name):
    election, ballots = ward(name)
    result = count(Method.STV, ballots, 4, election.options)
    orders = {tuple(option for (option,) in ballot): n for ballot, n in ballots.items()}
    other = calculate_scottish_stv(tuple(election.options), orders, 4, allow_random=False)
    assert result.winners == tuple(other)
    # That program reports the round after which an option leaves the count, elected ones and others alike.
    left = [(*each.elected, *([] if each.defeated is None else [each.defeated])) for each in result.rounds]
    assert [option for round in left for option in round] == [
        option for round in other.rounds for option in round.selected
    ]
    # It does not truncate each ballot, as the rules say, but only the sums.
    for mine, theirs in zip(result.rounds, other.rounds, strict=True):
        for option, votes in theirs.votes.items():
            assert abs(mine.counts[option] / result.unit - float(votes)) < 0.1


@on_this_machine
@pytest.mark.parametrize("name", WARDS)
def test_meek_elects_whom_a_count_with_floating_point_numbers_elects(name):
    election, ballots = ward(name)
    result = count(Method.MEEK, ballots, 4, election.options)
    assert set(result.winners) == meek_again(ballots, election.options, 4)


def meek_again(ballots, options, seats):
    """Meek's method written as simply as possible: shares are adjusted a thousand times in each round."""
    keep, elected = dict.fromkeys(options, 1.0), set()
    while len(elected) < seats and len(keep) > seats:
        for _ in range(300):
            votes = dict.fromkeys(keep, 0.0)
            for ballot, number in ballots.items():
                left = float(number)
                for (option,) in ballot:
                    if option in keep:
                        votes[option] += left * keep[option]
                        left *= 1 - keep[option]
                        if not left:
                            break
            quota = sum(votes.values()) / (seats + 1)
            new = {option for option in keep if votes[option] > quota + 1e-9} - elected
            if new or all(votes[option] < quota + 1e-7 for option in elected):
                break
            for option in elected:
                keep[option] *= quota / votes[option]
        elected |= new
        if not new:
            del keep[min(keep.keys() - elected, key=votes.get)]
    return elected or set(keep)


def test_a_surplus_moves_at_a_truncated_fraction_of_all_ballots():
    # 10 ballots, 2 seats: the quota is 4. A has 7 and a surplus of 3, so each of its ballots moves at 3/7 = 0.42857.
    result = count(Method.STV, ranked(ab=4, ac=2, a=1, c=2, d=1), options=(1, 2, 3, 4))
    first, second = result.rounds[:2]
    assert (first.quota, first.elected, first.transferred) == (400_000, (1,), 1)
    assert first.transfers == {2: 4 * 42_857, 3: 2 * 42_857}
    assert second.counts == {1: 400_000, 2: 171_428, 3: 285_714, 4: 100_000}
    # The ballot without a further choice, and what truncation lost.
    assert second.exhausted == 300_000 - 6 * 42_857
    assert result.winners == (1, 3)


def test_a_ballot_keeps_its_value_when_it_moves_again():
    result = count(Method.STV, ranked(abc=8, d=4, c=3), options=(1, 2, 3, 4))
    # The quota is 6. Eight ballots of A move to B at 2/8, and from B, who is eliminated, to C at the same value.
    assert result.rounds[0].transfers == {2: 200_000}
    assert (result.rounds[1].defeated, result.rounds[1].transfers) == (2, {3: 200_000})
    assert result.winners == (1, 3)


def test_the_latest_different_round_breaks_a_tie_and_otherwise_a_lot():
    tied = {seed: count(Method.STV, ranked(a=2, b=2), 1, (1, 2), seed) for seed in map(str, range(20))}
    assert {result.winners for result in tied.values()} == {(1,), (2,)}
    assert all(result.rounds[0].tie.told_apart_by is None for result in tied.values())
    # B and C have 3 each in round 2. In round 1, C had fewer.
    result = count(Method.STV, ranked(a=4, b=3, c=2, dc=1), 1, (1, 2, 3, 4))
    assert [(each.defeated, each.tie and each.tie.told_apart_by) for each in result.rounds][:2] == [
        (4, None),
        (3, 1),
    ]


def test_a_ballot_counts_up_to_its_first_shared_rank():
    shared = count(Method.STV, {((1,), (2, 3), (4,)): 9, ((5,),): 1})
    assert shared == count(Method.STV, {((1,),): 9, ((5,),): 1})


def test_meek_lowers_the_quota_when_ballots_have_no_further_choice():
    result = count(Method.MEEK, ranked(a=4, b=3, c=2, d=1), 2, (1, 2, 3, 4))
    quotas = [each.quota for each in result.rounds]
    assert quotas[0] == 10 * result.unit // 3 + 1 and quotas[-1] < quotas[0]
    assert result.winners == (1, 2)


rankings = st.lists(st.sampled_from(OPTIONS), unique=True).map(
    lambda order: tuple((option,) for option in order)
)
elections = st.dictionaries(rankings, st.integers(1, 60), max_size=8)


@given(st.sampled_from([Method.STV, Method.MEEK]), elections, st.integers(1, 4))
def test_every_vote_is_somewhere_in_every_round_and_the_seats_are_filled(method, ballots, seats):
    result = count(method, ballots, seats)
    valid = sum(number for ballot, number in ballots.items() if ballot)
    assert (result.ballots, result.blank) == (sum(ballots.values()), sum(ballots.values()) - valid)
    for each in result.rounds:
        assert sum(each.counts.values()) + each.exhausted == valid * result.unit
        assert all(votes >= 0 for votes in [*each.counts.values(), each.exhausted])
    assert len(set(result.winners)) == len(result.winners) == (seats if valid else 0)


@given(elections, st.integers(1, 4), st.integers(1, 5))
def test_a_solid_quota_elects_its_option(ballots, seats, option):
    # More than a quota of first choices elects at once, whatever the other ballots say.
    total = sum(ballots.values())
    needed = total // seats + 1
    voters = Counter(ballots) + Counter({((option,),): needed})
    for method in (Method.STV, Method.MEEK):
        assert option in count(method, voters, seats).winners
