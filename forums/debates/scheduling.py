"""Schedules debates: announces and changes them with their slow mode, as one form of the host asks."""

from django.db import transaction

from forums.access import permissions
from forums.models import Debate, SlowMode
from forums.models.debates.debate import NotNow
from forums.moderation.acts import slow_mode
from forums.posting import publish


@transaction.atomic
def schedule(topic, debate: Debate | None, *, by, starts_at, ends_at, question, seconds, scope) -> Debate:
    """Announce a debate of `topic`, or change the existing one, and set how often members may reply.

    `seconds` is the slow mode's interval, 0 for none. Raises `Refused`.
    """
    if debate is None:
        publish.check_words(by, topic.category, question)
        debate = Debate.announce(topic, by=by, starts_at=starts_at, ends_at=ends_at, question=question)
    else:
        debate.change(starts_at=starts_at, ends_at=ends_at)
        ask(debate, question, by=by)
    _set_slow_mode(topic, by, seconds, scope)
    return debate


def ask(debate: Debate, question: str, *, by) -> None:
    """Pin a question after checking it against the watched words. Raises `Refused`."""
    if question != debate.question:
        publish.check_words(by, debate.topic.category, question)
    debate.ask(question)


def _set_slow_mode(topic, by, seconds, scope):
    """Set the slow mode: for a moderator as a logged act. Others may not change what a moderator has set."""
    mode = SlowMode.objects.filter(topic=topic, branch=None).first()
    if (mode.seconds, mode.scope) == (seconds, scope) if mode else not seconds:
        return
    if permissions.may_moderate(by, topic):
        slow_mode.slow(topic, by=by, seconds=seconds, scope=scope)
    elif mode and mode.set_by_id != by.pk:
        raise NotNow("A moderator has set how often members may reply here. Only moderators can change that.")
    elif seconds:
        SlowMode.impose(topic, seconds=seconds, scope=scope, by=by)
    else:
        SlowMode.lift(topic)
