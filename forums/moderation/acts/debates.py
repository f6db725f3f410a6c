"""Acts on debates that other members host."""

from django.db import transaction

from forums.models import Action
from forums.moderation.acts import log


@transaction.atomic
def end(debate, *, by) -> Action | None:
    """End a debate before its time. Raises `NotNow` if it has not begun."""
    log.check_permission(by, "debate_ended", debate.topic.category)
    if not debate.hold() or debate.ended_at:
        return None
    debate.end(by=by)
    return log.record("debate_ended", by=by, topic=debate.topic)


@transaction.atomic
def cancel(debate, *, by) -> Action | None:
    """Call off a debate before it begins. Raises `NotNow` afterwards."""
    log.check_permission(by, "debate_cancelled", debate.topic.category)
    if not debate.hold():
        return None
    debate.cancel()
    return log.record("debate_cancelled", by=by, topic=debate.topic)
