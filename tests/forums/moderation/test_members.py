"""Sanctions as acts of moderation: who may impose them, their log entries, and undoing them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Sanction, User
from forums.models import Action, Case, Notification, Rule
from forums.models.moderation.action import NotDone
from forums.moderation import reports, undoing
from forums.moderation.acts import members
from forums.notifications import dispatch
from tests.cast import member

HOUR = timedelta(hours=1)
VERBS = [
    (members.warn, {}, "member_warned", "warning_withdrawn"),
    (members.silence, {"until": HOUR}, "member_silenced", "silence_lifted"),
    (members.suspend, {"until": HOUR}, "member_suspended", "suspension_lifted"),
    (members.suspend, {}, "member_suspended", "suspension_lifted"),
]


def ending(until):
    return {name: timezone.now() + length for name, length in until.items()}


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True)


@pytest.mark.parametrize(("verb", "until", "name", "undone"), VERBS)
@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("mod", "ben", True),
        ("chief", "ben", True),
        ("gardener", "ben", False),
        ("cleo", "ben", False),
        ("mod", "chief", False),
        ("chief", "mod", False),
        ("mod", "mod", False),
    ],
)
def test_who_may_sanction_whom(
    request, mod, chief, gardener, ben, cleo, rule, verb, until, name, undone, who, whom, may
):
    by, concerned = request.getfixturevalue(who), request.getfixturevalue(whom)
    act = {"by": by, "rule": rule, "reason": "Again.", **ending(until)}
    if not may:
        with pytest.raises(PermissionDenied):
            verb(concerned, **act)
        assert (Sanction.objects.count(), Action.objects.count()) == (0, 0)
        verb(ben, **act | {"by": mod})
        return
    action = verb(concerned, **act)
    assert (action.verb, action.by, action.member, action.rule, action.reason) == (
        name,
        by,
        concerned,
        rule,
        "Again.",
    )
    sanction = Sanction.objects.get(pk=action.facts["sanction"])
    assert (sanction.rule, sanction.reason, sanction.until) == (str(rule), "Again.", action.until)


@pytest.mark.parametrize(("verb", "until", "name", "undone"), VERBS)
def test_every_sanction_is_undone_from_the_log_once(mod, gardener, ben, rule, verb, until, name, undone):
    action = verb(ben, by=mod, rule=rule, **ending(until))
    with pytest.raises(PermissionDenied):
        undoing.undo(action, by=gardener)
    back = undoing.undo(action, by=mod, reason="A mistake.")
    assert (back.verb, back.undoes, back.member, back.reason) == (undone, action, ben, "A mistake.")
    fresh = User.objects.get(pk=ben.pk)
    assert (fresh.is_silenced, fresh.is_suspended) == (False, False)
    assert Sanction.objects.get().lifted_by == mod
    with pytest.raises(NotDone):
        undoing.undo(action, by=mod)


def test_lifting_names_what_it_undoes_and_a_second_click_does_nothing(mod, ben, rule):
    first, second = (members.suspend(ben, by=mod, rule=rule, reason=each) for each in ("Once", "Again"))
    lifted = members.lift(Sanction.objects.get(pk=second.facts["sanction"]), by=mod)
    assert lifted.undoes == second
    assert members.lift(Sanction.objects.get(pk=second.facts["sanction"]), by=mod) is None
    assert User.objects.get(pk=ben.pk).is_suspended
    members.lift(Sanction.objects.get(pk=first.facts["sanction"]), by=mod)
    assert not User.objects.get(pk=ben.pk).is_suspended


def test_what_is_over_is_not_lifted(mod, ben, rule):
    action = members.silence(ben, by=mod, rule=rule, until=timezone.now() + HOUR)
    Sanction.objects.update(at=timezone.now() - 2 * HOUR, until=timezone.now() - HOUR)
    with pytest.raises(NotDone):
        undoing.undo(action, by=mod)


def test_a_sanction_older_than_the_log_can_be_lifted(mod, ben):
    old = ben.suspend(by=mod, reason="Banned, before reasons were written down.")
    assert members.lift(old, by=mod).undoes is None
    assert not User.objects.get(pk=ben.pk).is_suspended


def test_nobody_is_sanctioned_without_a_rule_or_a_reason(mod, ben, rule):
    with pytest.raises(NotDone):
        members.warn(ben, by=mod)
    members.warn(ben, by=mod, reason="Because.")
    members.warn(ben, by=mod, rule=rule)
    assert list(Sanction.objects.order_by("pk").values_list("rule", "reason")) == [
        ("", "Because."),
        (str(rule), ""),
    ]


def test_a_sanction_decides_what_was_reported_about_the_member(mod, ben, cleo, rule):
    reports.report(ben, by=cleo, rule=rule)
    action = members.warn(ben, by=mod, rule=rule)
    case = Case.objects.get()
    assert (case.is_open, case.outcome) == (False, action)


def test_the_member_is_told(mod, ben, rule):
    members.silence(ben, by=mod, rule=rule, until=timezone.now() + HOUR)
    dispatch.dispatch_events()
    told = Notification.objects.get()
    assert (told.member, told.words, told.actor) == (ben, f"Member silenced: {rule}", None)


def test_the_rules_words_are_kept_as_they_were(mod, ben, rule):
    members.warn(ben, by=mod, rule=rule)
    Rule.objects.filter(pk=rule.pk).update(title="anything goes")
    assert Sanction.objects.get().rule == "off topic (rule 2)"
