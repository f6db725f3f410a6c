"""What follows when the clock strikes, done by the job queue or by whoever looks first."""

import structlog

from forums.models import Debate, Topic

log = structlog.get_logger("folkmoot.debates")


def settle(topic: Topic) -> bool:
    """Begin or end the topic's debate if its time has come; returns whether the topic is to be fetched anew. No query
    without a debate, one with it."""
    return bool(topic.debate_from) and topic.debate.settle()


def turn_due() -> int:
    """Begin and end all that is due; one that cannot be turned does not hold up the others. Returns how many."""
    turned = 0
    for debate in Debate.objects.due():
        try:
            turned += debate.settle()
        except Exception:
            log.exception("debate not turned", topic=debate.pk)
    return turned
