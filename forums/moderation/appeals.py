"""Appeals: members ask for another look at a moderator's act, and another moderator decides."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forums.access import acts
from forums.listing import categories
from forums.models import Action, Appeal, BackgroundAct
from forums.models.moderation.action import NotDone, Overtaken
from forums.models.notifications import outbox
from forums.moderation import long_acts, undoing
from forums.moderation.acts import log

OUTSIDE = "forums.moderation.appeals"
KEY_LASTS = timedelta(hours=1)
"""How long a key is valid. A suspended member gets a new one at every attempt to sign in."""


def why_not(member, action: Action) -> str:
    """The sentence why the concerned `member` cannot appeal against `action`. Empty if they can."""
    if action.undoes_id or not undoing.may_be_undone(action):
        return "This has been undone already." if action.is_undone else "You cannot appeal against this."
    if not action.is_in_effect:
        return undoing.OVERTAKEN
    if action.by_id == member.pk:
        return "You did this yourself."
    if action.at < timezone.now() - timedelta(days=settings.APPEAL_DAYS):
        return f"The time to appeal, {settings.APPEAL_DAYS} days, is over."
    return ""


def address_for_outside(sanction) -> str:
    """The address where a suspended member appeals without signing in. Empty if the sanction is not in the log."""
    imposed = Action.objects.not_undone().filter(member=sanction.member, facts__sanction=sanction.pk).first()
    if imposed is None:
        return ""
    return reverse("appeal-from-outside", args=[signing.dumps(imposed.pk, salt=OUTSIDE)])


def by_key(key: str) -> Action | None:
    """The act of a valid key, whose holder may appeal in the name of the member concerned. Otherwise None."""
    try:
        pk = signing.loads(key, salt=OUTSIDE, max_age=KEY_LASTS)
    except signing.BadSignature:
        return None
    return Action.objects.with_context().get(pk=pk)


@transaction.atomic
def appeal(action: Action, *, by, words: str) -> Appeal:
    """Appeal against `action`. A moderator who did not do it will decide.

    Raises `NotDone` with a reason, and PermissionDenied if the act does not concern `by`.
    """
    if not action.concerns(by):
        raise PermissionDenied("Only the member whom this concerns can appeal.")
    if reason := why_not(by, action):
        raise NotDone(reason)
    try:
        with transaction.atomic():
            return Appeal.objects.create(action=action, by=by, words=words)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "appeal_once":
            raise
        raise NotDone("You have appealed against this already. Each appeal is decided once.") from None


def may_decide(moderator, appeal: Appeal) -> bool:
    """Whether `moderator` may decide `appeal`. Costs the queries of `to_decide`."""
    return bool(to_decide(moderator, [appeal]))


def to_decide(moderator, appeals) -> list[Appeal]:
    """The appeals that `moderator` may decide, because they could undo the act and it does not concern them.

    The moderator who did the act decides only if nobody else can. One query if they did any of the acts, while
    categories are cached.
    """
    able = [each for each in appeals if _could_decide(moderator, each)]
    own = [each for each in able if each.action.by_id == moderator.pk]
    others = list(_others(moderator)) if own else []
    left = [each for each in own if any(_could_decide(other, each) for other in others)]
    return [each for each in able if each not in left]


def _could_decide(moderator, appeal):
    action = appeal.action
    is_concerned = moderator.pk in (appeal.by_id, action.member_id)
    return not is_concerned and acts.may(moderator, action.act.undone_by, appeal.place)


def _others(moderator):
    """All other moderators, of the site or of any category."""
    anywhere = Q(pk__in=User.objects.moderators().values("pk")) | Q(groups__in=categories.moderating_groups())
    return User.objects.admitted().with_rights().filter(anywhere).exclude(pk=moderator.pk).distinct()


def grant(appeal: Appeal, *, by, reason="") -> Action | BackgroundAct:
    """Undo the act, as far as anything of it is left, and notify all members who had appealed against it.

    Returns the decision, or the `BackgroundAct` that undoes the act.
    """
    _ask(appeal, by)
    action = appeal.action
    with transaction.atomic():
        decision = _decide(action.appeals.all(), appeal, "appeal_granted", by, reason)
        undone = None if action.act.in_batches else _undo(action, by, reason)
    if action.act.in_batches:
        undone = _undo(action, by, reason)
    return undone if isinstance(undone, BackgroundAct) else decision


def _undo(action, by, reason):
    # A silence may have ended while the appeal waited. Then only the decision counts.
    with suppress(Overtaken):
        return long_acts.undo(action, by=by, reason=reason)


@transaction.atomic
def refuse(appeal: Appeal, *, by, reason="") -> Action:
    """Decide that the act stays."""
    _ask(appeal, by)
    return _decide(Appeal.objects.filter(pk=appeal.pk), appeal, "appeal_refused", by, reason)


def _ask(appeal, by):
    if not may_decide(by, appeal):
        raise PermissionDenied("Another moderator decides this.")


def _decide(appeals, appeal, verb, by, reason):
    if not Appeal.objects.pending().select_for_update().filter(pk=appeal.pk).exists():
        raise NotDone("Somebody else has decided this meanwhile.")
    action = appeal.action
    decision = log.record(
        verb, by=by, member=appeal.by, comment=action.comment, topic=None if action.comment else action.topic,
        reason=reason, facts={"action": action.pk}, category=appeal.place, everywhere=appeal.place is None,
    )  # fmt: skip
    outbox.moderated_all(appeals.end(decision) - {appeal.by_id}, decision)
    return decision
