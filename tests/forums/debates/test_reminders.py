"""Reminders of a debate arrive in time, once, and only while the member can see the topic."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.debates import transitions
from forums.models import Debate, Notification
from forums.notifications import dispatch
from tests.forums.debates.conftest import HOUR


@pytest.fixture
def heard():
    """Returns the words of a member's notifications of debates, oldest first: `heard(ben)`."""

    def heard(member):
        transitions.turn_due()
        dispatch.dispatch_events()
        return list(Notification.objects.filter(member=member).order_by("pk").values_list("words", flat=True))

    return heard


@pytest.fixture
def reminded(coming, ben):
    coming.reminders.create(member=ben)
    return coming


def move(debate, starts, ends):
    now = timezone.now()
    Debate.objects.filter(pk=debate.pk).update(starts_at=now + starts * HOUR, ends_at=now + ends * HOUR)


def test_a_quarter_of_an_hour_before_and_at_the_start(reminded, heard, ben, cleo):
    assert heard(ben) == []
    move(reminded, 0.24, 2)
    starts = Debate.objects.get().starts_at
    near = f"The debate “Shall we plant limes?” begins at {starts:%H:%M} UTC."
    assert heard(ben) == heard(ben) == [near]
    move(reminded, 0, 2)
    assert heard(ben) == heard(ben) == [near, "The debate “Shall we plant limes?” has begun."]
    assert heard(cleo) == []
    told = Notification.objects.filter(member=ben).first()
    assert (told.kind, told.address) == ("reminded", f"{reminded.topic.get_absolute_url()}#debate")


def test_when_it_is_moved_and_again_before_the_new_start(reminded, heard, ben):
    move(reminded, 0.2, 2)
    assert len(heard(ben)) == 1
    starts = timezone.now() + timedelta(minutes=14)
    Debate.objects.get().change(starts_at=starts, ends_at=starts + HOUR)
    assert heard(ben)[1:] == [
        f"The debate “Shall we plant limes?” now begins on {starts:%-d %B %Y at %H:%M} UTC.",
        f"The debate “Shall we plant limes?” begins at {starts:%H:%M} UTC.",
    ]


def test_when_it_is_called_off(reminded, heard, ben):
    reminded.cancel()
    assert heard(ben) == ["The debate “Shall we plant limes?” has been called off."]


def test_anew_where_it_was_called_off_and_announced_again(reminded, limes, heard, ben, mod):
    off = "The debate “Shall we plant limes?” has been called off."
    move(reminded, 0.2, 2)
    assert len(heard(ben)) == 1
    Debate.objects.get().cancel()
    starts = timezone.now() + timedelta(minutes=14)
    again = Debate.announce(limes, by=mod, starts_at=starts, ends_at=starts + HOUR)
    again.reminders.create(member=ben)
    assert heard(ben)[1:] == [off, f"The debate “Shall we plant limes?” begins at {starts:%H:%M} UTC."]
    again.cancel()
    assert heard(ben)[3:] == [off]


def test_of_the_end_also_those_who_took_a_side(reminded, stand, heard, ben, cleo, mod):
    stand(reminded, cleo, "for")
    move(reminded, -2, -1)
    words = "The debate “Shall we plant limes?” is over. See how opinion moved."
    assert (heard(ben), heard(cleo), heard(mod)) == ([words], [words], [])
    assert Notification.objects.filter(member=cleo).get().address == f"/t/{reminded.pk}/summary/"


def test_not_those_who_can_see_it_no_more(reminded, heard, ben, cleo, limes, vault, stewards):
    cleo.groups.add(stewards)
    reminded.reminders.create(member=cleo)
    limes.move(vault)
    move(reminded, 0.2, 2)
    assert (heard(ben), len(heard(cleo))) == ([], 1)
