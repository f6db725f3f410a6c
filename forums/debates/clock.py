"""What follows when the clock strikes, done by the job queue or by whoever looks first."""

import structlog
from django.utils import timezone

from config import task_queue
from forums.models import Debate, Topic
from forums.models.debates import WARNED, start_turning

log = structlog.get_logger("folkmoot.debates")


def settle(topic: Topic) -> bool:
    """Begin or end the topic's debate if its time has come; returns whether the topic is to be fetched anew. No query
    without a debate, one with it."""
    debate = getattr(topic, "debate", None) if topic.debate_from else None
    return debate is not None and debate.settle()


def turn_due() -> int:
    """Begin and end all that is due, and remind of what is near; one that cannot be turned does not hold up the
    others. Returns how many."""
    verbs = [(Debate.settle, debate) for debate in Debate.objects.due()]
    verbs += [(Debate.warn, debate) for debate in Debate.objects.near()]
    turned = 0
    for verb, debate in verbs:
        try:
            verb(debate)
            turned += 1
        except Exception:
            log.exception("debate not turned", topic=debate.pk)
    return turned


def start_next() -> None:
    """Queue a run of `forums.tasks.turn_debates` for each time at which a debate turns soon. One query."""
    soon = timezone.now() + task_queue.AHEAD + WARNED
    for debate in Debate.objects.filter(ended_at=None, starts_at__lte=soon):
        start_turning(debate)
