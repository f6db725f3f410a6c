"""Acts on members: sanctions and notes. `accounts` enforces the sanctions; this module checks and logs them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Note, Sanction
from forums.models import Action
from forums.models.moderation.action import NotDone
from forums.moderation.acts import log

IMPOSED = {
    Sanction.Kind.WARNING: "member_warned",
    Sanction.Kind.SILENCE: "member_silenced",
    Sanction.Kind.SUSPENSION: "member_suspended",
}
LIFTED = {
    Sanction.Kind.WARNING: "warning_withdrawn",
    Sanction.Kind.SILENCE: "silence_lifted",
    Sanction.Kind.SUSPENSION: "suspension_lifted",
}

TWICE = timedelta(minutes=1)
"""The same form sent again within this time is a double click."""


def warn(member, *, by, **said) -> Action:
    """Warn a member. The warning restricts nothing, but stays in their history."""
    return impose(member, Sanction.Kind.WARNING, by=by, **said)


def silence(member, *, by, until, **said) -> Action:
    """Let a member only read until `until`."""
    return impose(member, Sanction.Kind.SILENCE, by=by, until=until, **said)


def suspend(member, *, by, until=None, **said) -> Action:
    """Refuse a member to sign in until `until`, or for good."""
    return impose(member, Sanction.Kind.SUSPENSION, by=by, until=until, **said)


@transaction.atomic
def impose(
    member, kind, *, by, rule=None, reason="", until=None, comment=None, topic=None, case=None
) -> Action:
    """Impose a sanction of that kind, because of `comment` or `topic` if there is one.

    Sent twice it is imposed once, and the first act is returned. Raises PermissionDenied if `by` may not do this, and
    for members whom nobody can sanction: moderators and above, `by` themselves, and deleted accounts. Raises `NotDone`
    without a rule and a reason.
    """
    log.check_permission(by, IMPOSED[kind])
    if not (rule or reason):
        raise NotDone("Please name a rule or a reason. The member will read it.")
    member.await_turn()
    ground = {"member": member, "by": by, "rule": rule, "reason": reason, "comment": comment, "case": case}
    if first := _sent_before(IMPOSED[kind], until, ground):
        return first
    sanction = Sanction.objects.impose(
        member, kind, by=by, rule=str(rule) if rule else "", reason=reason, until=until
    )
    return log.record(IMPOSED[kind], topic=topic, until=until, facts={"sanction": sanction.pk}, **ground)


def _sent_before(verb, until, ground) -> Action | None:
    """The same act of less than `TWICE` ago. A sanction that lasts longer is a different one."""
    lasts = {"until__gt": until - TWICE} if until else {"until": None}
    sent = Action.objects.not_undone().filter(verb=verb, at__gt=timezone.now() - TWICE, **lasts, **ground)
    return sent.first()


@transaction.atomic
def note(member, *, by, text: str) -> None:
    """Write a note about a member for other moderators. Sent twice it is written once."""
    member.await_turn()
    said = {"by": by, "text": text}
    if not member.notes.filter(at__gt=timezone.now() - TWICE, **said).exists():
        Note.objects.create(member=member, **said)


@transaction.atomic
def lift(sanction: Sanction, *, by, reason="", undoes=None) -> Action | None:
    """End a silence or a suspension before its time, or withdraw a warning."""
    verb = LIFTED[sanction.kind]
    log.check_permission(by, verb)
    sanction = Sanction.objects.select_for_update(of=["self"]).select_related("member").get(pk=sanction.pk)
    if sanction.lifted_at or (sanction.kind != Sanction.Kind.WARNING and not sanction.is_in_force):
        return None
    undoes = undoes or _imposing(sanction)
    action = log.record(verb, by=by, member=sanction.member, reason=reason, undoes=undoes)
    sanction.lift(by=by)
    return action


def lift_again(action: Action, **said) -> Action | None:
    """Undo an act that has imposed a sanction."""
    return lift(Sanction.objects.get(pk=action.facts["sanction"]), **said)


def _imposing(sanction):
    """The act that imposed the sanction, or None if the sanction is older than the log."""
    imposed = Action.objects.not_undone().filter(member=sanction.member, verb=IMPOSED[sanction.kind])
    return imposed.filter(facts__sanction=sanction.pk).first()
