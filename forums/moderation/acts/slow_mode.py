"""Acts on slow mode, which limits how often a member can reply."""

from django.db import transaction

from forums.models import Action, SlowMode
from forums.models.moderation.action import NotDone
from forums.moderation.acts import log


@transaction.atomic
def slow(topic, *, by, seconds: int, scope: str = SlowMode.Scope.MEMBER, branch=None, reason="", undoes=None):
    """Let each member reply once in `seconds`, in the topic or below the comment `branch`. 0 ends slow mode.

    Returns the `Action`, or None if this was the pace already. Raises `NotDone` if `branch` has left the topic.
    """
    verb = "topic_slowed" if seconds else "topic_unslowed"
    log.check_permission(by, verb, topic.category)
    topic.lock_and_refresh()
    if branch and not topic.comments.filter(pk=branch.pk).exists():
        raise NotDone("This branch has just been moved to another topic. Please open it there and try again.")
    before = SlowMode.objects.filter(topic=topic, branch=branch).first()
    pace = (before.seconds, before.scope) if before else (0, "")
    if pace == (seconds, scope) or (not seconds and not before):
        return None
    facts = {"before": pace, "to": (seconds, scope), "branch": branch and branch.pk}
    if not seconds and undoes is None:
        undoes = _act_in_force(topic, branch)
    said = {"reason": reason, "facts": facts, "undoes": undoes}
    action = log.record(verb, by=by, topic=topic, comment=branch, **said)
    if seconds:
        SlowMode.impose(topic, seconds=seconds, scope=scope, by=by, branch=branch)
    else:
        SlowMode.lift(topic, branch=branch)
    return action


def back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Restore the pace before `action`. Raises `NotDone` if it has been changed since."""
    seconds, scope = action.facts["before"]
    now = SlowMode.objects.filter(topic=action.topic, branch=action.comment).first()
    if now is None or [now.seconds, now.scope] != action.facts["to"]:
        raise NotDone("The pace has been changed since.")
    return slow(
        action.topic, by=by, seconds=seconds, scope=scope or SlowMode.Scope.MEMBER, branch=action.comment,
        reason=reason, undoes=undoes,
    )  # fmt: skip


def _act_in_force(topic, branch):
    in_force = Action.objects.not_undone().filter(topic=topic, comment=branch, verb="topic_slowed")
    return in_force.order_by("-pk").first()
