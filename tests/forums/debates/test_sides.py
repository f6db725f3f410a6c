"""Sides: each member has one, with a history. The figures equal a simple recount."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.profiles import deletion, export
from forums.models import Debate, Side, SideChange, Topic, Vote
from forums.models.debates import debate_figures
from forums.models.debates.debate_figures import NO_SIDE, POINTS, VALUED, Choice
from forums.models.debates.side import SidesClosed
from tests.cast import member


def test_a_member_has_one_side_and_all_that_went_before_is_kept(coming, stand, ben, cleo, limes, fresh):
    version = fresh(limes).version
    for side in ("for", "for", "undecided", "for"):
        stand(coming, ben, side)
    stand(coming, cleo, "against")
    assert dict(Side.objects.values_list("member__username", "stand")) == {"Ben": "for", "Cleo": "against"}
    assert list(SideChange.objects.filter(member=ben).order_by("pk").values_list("stand", flat=True)) == [
        "for", "undecided", "for",
    ]  # fmt: skip
    # Four choices changed something, and each was published. The repeated one was not.
    assert fresh(limes).version == version + 4
    assert Side.objects.get(member=cleo).changed_in == version + 4


def test_members_take_their_sides_along_and_leave_them_counted(coming, stand, ben):
    coming.reminders.create(member=ben)
    for side in ("for", "against"):
        stand(coming, ben, side)
    assert [each["stand"] for each in export._parts["sides"](ben)] == ["for", "against"]
    assert [each["debate"] for each in export._parts["reminders"](ben)] == [coming.pk]
    deletion.delete(ben)
    assert (Side.objects.get().stand, coming.reminders.count()) == ("against", 0)


def test_sides_stand_once_it_is_over(announce, stand, ben):
    debate = announce(-1, 1)
    stand(debate, ben, "for")
    Debate.objects.update(ends_at=timezone.now())
    with pytest.raises(SidesClosed):
        stand(debate, ben, "against")
    assert (Side.objects.get().stand, SideChange.objects.count()) == ("for", 1)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_make_one_side(running, ben):
    barrier = Barrier(6)

    def choose(number):
        debate = Debate.objects.get(pk=running.pk)
        barrier.wait()
        try:
            Side.objects.choose(debate, member=ben, stand="for" if number % 2 else "against")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(choose, range(6)))
    stands = list(SideChange.objects.order_by("at", "pk").values_list("stand", flat=True))
    assert Side.objects.get().stand == stands[-1]
    assert all(one != other for one, other in pairwise(stands))


@pytest.mark.django_db(transaction=True)
def test_the_clock_and_a_viewer_at_once_end_it_once(over, limes):
    barrier = Barrier(4)

    def look(_):
        debate = Debate.objects.get(pk=over.pk)
        barrier.wait()
        try:
            debate.apply_due_transition()
        finally:
            connection.close()

    version = Topic.objects.get(pk=limes.pk).version
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(4)))
    # It ended once: the topic was locked, and its slow mode lifted.
    after = Topic.objects.get(pk=limes.pk)
    over.refresh_from_db()
    assert (over.ended_at, after.version - version) == (over.ends_at, 2)


def test_the_balance_begins_with_those_who_had_chosen_before():
    made = [
        Choice(1, "for", -900),
        Choice(2, "against", -60),
        Choice(3, "undecided", 10),
        Choice(2, "undecided", 10),
        Choice(2, "for", 600),
    ]
    assert debate_figures.balance(made) == [[0, 1, 0, 1], [10, 1, 2, 0], [600, 2, 1, 0]]
    assert debate_figures.balance([]) == [[0, 0, 0, 0]]


def test_moves_are_told_from_the_first_side_to_the_last():
    made = [
        Choice(1, "for", -9), Choice(2, "against", -8), Choice(3, "undecided", 1), Choice(2, "undecided", 5),
        Choice(3, "for", 6), Choice(2, "for", 7), Choice(4, "undecided", 8), Choice(4, "for", 9),
    ]  # fmt: skip
    assert debate_figures.moves(made) == [["for", "for", 1], ["undecided", "for", 2], ["against", "for", 1]]


def test_a_long_balance_keeps_its_beginning_its_end_and_its_size():
    made = [Choice(number, "for", number * 7) for number in range(1, 5_000)]
    kept = debate_figures.balance(made)
    assert len(kept) <= POINTS
    assert (kept[0], kept[-1]) == ([0, 0, 0, 0], [4_999 * 7, 4_999, 0, 0])
    assert kept == sorted(kept)


@pytest.fixture
def debated(announce, opening, ben, cleo, mod, ada):
    """A debate of two hours that is over.

    Ben was for it and changed sides after an hour. Cleo was against it from the start. Mod takes no side, but wrote
    before the debate began and during it. Ada chose only after she had written.
    """
    debate = announce(-3, -1)
    topic, start = Topic.objects.get(pk=debate.pk), debate.starts_at

    def at(minutes):
        return start + timedelta(minutes=minutes)

    def choose(who, stand, minutes):
        SideChange.objects.create(debate=debate, member=who, stand=stand, at=at(minutes))
        chosen = {"stand": stand, "since": at(minutes), "changed_in": 1}
        Side.objects.update_or_create(debate=debate, member=who, defaults=chosen)

    def speak(who, minutes, ups):
        said = {"author": who, "parent": opening, "token": uuid4(), "at": at(minutes)}
        comment = topic.reply(body=f"{who} after {minutes} minutes", **said)
        for number in range(ups):
            Vote.objects.cast(comment, by=member(f"Voter{comment.pk}x{number}"), value=1)
        return comment

    choose(ben, "for", -30)
    choose(cleo, "against", -20)
    choose(ben, "against", 60)
    choose(ada, "undecided", 90)
    speak(mod, -10, 3)
    said = {
        "ben for": speak(ben, 5, 2), "cleo": speak(cleo, 10, 1), "ben against": speak(ben, 70, 3),
        "ada": speak(ada, 80, 1), "mod": speak(mod, 85, 1), "nobody liked": speak(cleo, 100, 0),
        "hidden": speak(cleo, 101, 5), "deleted": speak(ben, 102, 4),
    }  # fmt: skip
    said["hidden"].set_hidden(by=mod)
    said["deleted"].delete_by_author()
    return debate, said


def test_the_figures_of_a_small_debate_are_those_that_one_counts_by_hand(debated):
    debate, said = debated
    debate.end()
    assert Debate.objects.get(pk=debate.pk).summary == {
        "seconds": 7200,
        "comments": 6,
        "writers": 4,
        "early": 2,
        "moves": [["for", "against", 1], ["undecided", "undecided", 1], ["against", "against", 1]],
        "balance": [[0, 1, 0, 1], [3600, 0, 0, 2], [5400, 0, 1, 2]],
        "valued": {
            "for": [said["ben for"].pk],
            "against": [said["ben against"].pk, said["cleo"].pk],
            "undecided": [said["ada"].pk],
            NO_SIDE: [said["mod"].pk],
        },
    }


def test_of_each_side_the_best_are_kept(running, opening, ben, stand, mod, limes):
    stand(running, ben, "for")
    topic = Topic.objects.get(pk=limes.pk)
    written = [
        topic.reply(author=ben, parent=opening, body=f"No. {number}", token=uuid4())
        for number in range(VALUED + 3)
    ]
    crowd = [member(f"Voter{number}") for number in range(len(written))]
    for place, comment in enumerate(written):
        for voter in crowd[: place + 1]:
            Vote.objects.cast(comment, by=voter, value=1)
    running.end(by=mod)
    best = [comment.pk for comment in reversed(written)][:VALUED]
    assert Debate.objects.get().summary["valued"] == {"for": best}
