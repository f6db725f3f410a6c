"""Warnings, silences and suspensions: what each prevents, when it ends, and how it is undone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Sanction, User
from accounts.profiles import export
from accounts.registries import access_signals
from tests.cast import member

WEEK, DAY = timedelta(days=7), timedelta(days=1)


def again(user):
    return User.objects.get(pk=user.pk)


def held(user):
    user = again(user)
    return user.is_silenced, user.is_suspended


def pass_time(sanction, length):
    """Moves a sanction and its effects into the past."""
    Sanction.objects.filter(pk=sanction.pk).update(at=sanction.at - length, until=sanction.until - length)
    user = again(sanction.member)
    for name in ("silenced_until", "suspended_until"):
        if end := getattr(user, name):
            setattr(user, name, end - length)
    user.save()


@pytest.mark.parametrize(
    ("verb", "ends", "comes_to"),
    [
        ("warn", None, (False, False)),
        ("silence", WEEK, (True, False)),
        ("suspend", WEEK, (False, True)),
        ("suspend", None, (False, True)),
    ],
)
def test_a_sanction_says_who_why_and_until_when_and_can_be_lifted(ben, mod, verb, ends, comes_to):
    until = {"until": timezone.now() + ends} if ends else {}
    sanction = getattr(ben, verb)(by=mod, reason="Rude", rule="Be kind", **until)
    assert held(ben) == comes_to
    kept = Sanction.objects.get()
    assert (kept.member, kept.by, kept.reason, kept.rule) == (ben, mod, "Rude", "Be kind")
    assert kept.until == until.get("until")
    assert kept.is_in_force == (verb != "warn")
    sanction.lift(by=mod)
    assert held(ben) == (False, False)
    kept.refresh_from_db()
    assert (kept.lifted_by, kept.is_in_force) == (mod, False)


@pytest.mark.parametrize("verb", ["silence", "suspend"])
def test_an_end_that_has_passed_needs_nobody(ben, mod, verb):
    sanction = getattr(ben, verb)(by=mod, reason="Rude", until=timezone.now() + DAY)
    assert True in held(ben)
    pass_time(sanction, 2 * DAY)
    assert held(ben) == (False, False)
    assert not Sanction.objects.in_force().exists()


def test_the_longest_of_several_counts_and_lifting_it_leaves_the_others(ben, mod):
    now = timezone.now()
    short = ben.suspend(by=mod, reason="Once", until=now + DAY)
    ever = ben.suspend(by=mod, reason="Twice")
    long = ben.suspend(by=mod, reason="Thrice", until=now + WEEK)
    assert (again(ben).suspended_until, Sanction.objects.suspending(ben)) == (None, ever)
    ever.lift(by=mod)
    assert (again(ben).suspended_until, Sanction.objects.suspending(ben)) == (now + WEEK, long)
    long.lift(by=mod)
    short.lift(by=mod)
    assert held(ben) == (False, False)


def test_nobody_sanctions_who_looks_after_the_site_who_has_left_or_themselves(ben, mod):
    chief, clerk = member("Chief", is_superuser=True), member("Clerk", is_staff=True)
    gone = member("deleted-9", is_active=False, deleted_at=timezone.now())
    for who, by in ((mod, chief), (chief, mod), (clerk, mod), (gone, mod), (ben, ben)):
        for verb, until in (("warn", {}), ("silence", {"until": timezone.now() + DAY}), ("suspend", {})):
            with pytest.raises(PermissionDenied):
                getattr(who, verb)(by=by, reason="Because", **until)
    assert not Sanction.objects.exists()
    ben.suspend(by=mod, reason="Because")
    assert held(ben) == (False, True)


def test_the_database_refuses_a_silence_for_good_and_an_end_before_the_beginning(ben, mod):
    for wrong in ({"until": None}, {"until": timezone.now() - DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ben.silence(by=mod, reason="Rude", **wrong)
    assert held(ben) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_those_who_hold_something_open_are_told_once_it_is_true(ben, mod, monkeypatch):
    told = []
    monkeypatch.setattr(access_signals, "_callbacks", [])
    access_signals.register(lambda pk: told.append((pk, held(ben))))
    with transaction.atomic():
        sanction = ben.suspend(by=mod, reason="Spam")
        assert told == []
    sanction.lift(by=mod)
    assert told == [(ben.pk, (False, True)), (ben.pk, (False, False))]


def test_a_suspension_with_an_end_says_when_and_lets_in_after_it(ben, mod, client, with_password, enter):
    sanction = with_password(ben).suspend(
        by=mod, reason="Shouting.\nAgain.", rule="Be kind", until=timezone.now() + DAY
    )
    page = enter(client, "Ben").text
    assert f'until <time datetime="{sanction.until:%Y-%m-%dT%H:%M}Z" data-exact>' in page
    assert "Shouting.<br>Again." in page
    assert "Be kind" in page
    pass_time(sanction, 2 * DAY)
    assert enter(Client(), "Ben").status_code == 302


def test_a_members_page_says_suspended_at_once(
    ben, mod, visitor, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("config.caching.visitor_cache.FRESH_SECONDS", 0)
    assert "Suspended" not in visitor.get("/u/Ben/").text
    with django_capture_on_commit_callbacks(execute=True):
        ben.suspend(by=mod, reason="Spam")
    assert "Suspended" in visitor.get("/u/Ben/").text


def test_the_own_export_has_the_sanctions(ben, mod):
    ben.warn(by=mod, reason="Rude", rule="Be kind")
    told = [(each["kind"], each["rule"], each["reason"]) for each in export._parts["sanctions"](ben)]
    assert told == [("warning", "Be kind", "Rude")]
    assert list(export._parts["sanctions"](mod)) == []


def test_members_read_their_own_sanctions_and_nobody_elses(ben, cleo, mod, sign_in, visitor):
    ben.silence(by=mod, reason="Shouting at Cleo.", rule="Be kind", until=timezone.now() + DAY)
    page = sign_in(ben).get("/accounts/settings/standing/").text
    assert [word in page for word in ("Shouting at Cleo.", "Be kind", "You are silenced until")] == [True] * 3
    assert "Shouting" not in sign_in(cleo).get("/accounts/settings/standing/").text
    assert visitor.get("/accounts/settings/standing/").status_code == 302
