"""Begins and ends debates when their time comes: in the job queue, or in the first request after that time."""

import structlog

from config.engines import clock
from config.monitoring import attempts
from config.processes import task_queue
from forums.models import Debate, Topic
from forums.models.debates.debate_queries import WARNED, start_turning

log = structlog.get_logger("folkmoot.debates")


def apply_due(topic: Topic) -> bool:
    """Begin or end the topic's debate if its time has come. Returns whether the topic must be loaded again.

    No query without a debate, one with it.
    """
    debate = getattr(topic, "debate", None) if topic.debate_from else None
    return debate is not None and debate.apply_due_transition()


def turn_due() -> int:
    """Begin and end all debates that are due, and send reminders. Returns how many succeeded.

    One that fails is logged and does not stop the others.
    """
    verbs = [(Debate.apply_due_transition, debate) for debate in Debate.objects.due()]
    verbs += [(Debate.warn, debate) for debate in Debate.objects.near()]
    turned = 0
    for verb, debate in verbs:
        if attempts.is_deadly("debate", debate.pk):  # it is tried again when its count has expired
            log.error("debate not turned, because its workers ended", topic=debate.pk)
            continue
        try:
            with attempts.attempt("debate", [debate.pk]):
                verb(debate)
            turned += 1
        except Exception:
            log.exception("debate not turned", topic=debate.pk)
    return turned


def start_next() -> None:
    """Queue a run of `forums.tasks.run_debate_transitions` for each time at which a debate turns soon. One query."""
    soon = clock.now() + task_queue.MAX_AHEAD + WARNED
    for debate in Debate.objects.filter(ended_at=None, starts_at__lte=soon):
        start_turning(debate)
