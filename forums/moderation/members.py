"""What moderators do to a member. What it holds back is decided in accounts; here it is asked, logged and settled."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Note, Sanction
from forums.models import Action
from forums.models.action import NotDone
from forums.moderation import log

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
"""What is sent again within this time, and is the same in all, was one click too many."""


def warn(member, *, by, **said) -> Action:
    """Tell them, for the record, that they went too far."""
    return impose(member, Sanction.Kind.WARNING, by=by, **said)


def silence(member, *, by, until, **said) -> Action:
    """Let them read only, until then."""
    return impose(member, Sanction.Kind.SILENCE, by=by, until=until, **said)


def suspend(member, *, by, until=None, **said) -> Action:
    """Keep them outside until then, or for good."""
    return impose(member, Sanction.Kind.SUSPENSION, by=by, until=until, **said)


@transaction.atomic
def impose(
    member, kind, *, by, rule=None, reason="", until=None, comment=None, topic=None, case=None
) -> Action:
    """A sanction of that kind; `comment` or `topic` is what it is for, if it is for one. Sent twice it is imposed once,
    and the answer is the first.

    Raises PermissionDenied for those who may not, and for members whom nobody sanctions: moderators and above, `by`
    and those who have left; `NotDone` where the member would learn no reason.
    """
    log.ask(by, IMPOSED[kind])
    if not (rule or reason):
        raise NotDone("A member is told for which rule or for which reason.")
    member.await_turn()
    ground = {"member": member, "by": by, "rule": rule, "reason": reason, "comment": comment, "case": case}
    if first := _sent_before(IMPOSED[kind], until, ground):
        return first
    sanction = Sanction.objects.impose(
        member, kind, by=by, rule=str(rule) if rule else "", reason=reason, until=until
    )
    return log.record(IMPOSED[kind], topic=topic, until=until, facts={"sanction": sanction.pk}, **ground)


def _sent_before(verb, until, ground) -> Action | None:
    """The same act of a moment ago. A longer one than that is another."""
    lasts = {"until__gt": until - TWICE} if until else {"until": None}
    sent = Action.objects.standing().filter(verb=verb, at__gt=timezone.now() - TWICE, **lasts, **ground)
    return sent.first()


@transaction.atomic
def note(member, *, by, text: str) -> None:
    """Write down something about them for other moderators. Sent twice it is written once."""
    member.await_turn()
    said = {"by": by, "text": text}
    if not member.notes.filter(at__gt=timezone.now() - TWICE, **said).exists():
        Note.objects.create(member=member, **said)


@transaction.atomic
def lift(sanction: Sanction, *, by, reason="", undoes=None) -> Action | None:
    """End a silence or a suspension before its time, or take a warning back."""
    verb = LIFTED[sanction.kind]
    log.ask(by, verb)
    sanction = Sanction.objects.select_for_update(of=["self"]).select_related("member").get(pk=sanction.pk)
    if sanction.lifted_at or (sanction.kind != Sanction.Kind.WARNING and not sanction.is_in_force):
        return None
    undoes = undoes or _imposing(sanction)
    action = log.record(verb, by=by, member=sanction.member, reason=reason, undoes=undoes)
    sanction.lift(by=by)
    return action


def lift_again(action: Action, **said) -> Action | None:
    """Undo an act that imposed a sanction."""
    return lift(Sanction.objects.get(pk=action.facts["sanction"]), **said)


def _imposing(sanction):
    """The act that imposed it; none where the sanction is older than the log."""
    imposed = Action.objects.standing().filter(member=sanction.member, verb=IMPOSED[sanction.kind])
    return imposed.filter(facts__sanction=sanction.pk).first()
