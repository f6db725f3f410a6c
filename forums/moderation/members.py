"""What moderators do to a member. What it holds back is decided in accounts; here it is asked, logged and settled."""

from django.db import transaction

from accounts.models import Sanction
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
def impose(member, kind, *, by, rule=None, reason="", until=None, comment=None, case=None) -> Action:
    """A sanction of that kind; `comment` is what it is for, if it is for one.

    Raises PermissionDenied for those who may not, and for members whom nobody sanctions: moderators and above, `by`
    and those who have left; `NotDone` where the member would learn no reason.
    """
    log.ask(by, IMPOSED[kind])
    if not (rule or reason):
        raise NotDone("A member is told for which rule or for which reason.")
    sanction = Sanction.objects.impose(
        member, kind, by=by, rule=str(rule) if rule else "", reason=reason, until=until
    )
    return log.record(
        IMPOSED[kind], by=by, member=member, comment=comment, rule=rule, reason=reason, until=until,
        facts={"sanction": sanction.pk}, case=case,
    )  # fmt: skip


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
