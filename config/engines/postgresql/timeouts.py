"""How long a statement may take: seconds in a process that answers requests, an hour in jobs and commands."""

from typing import NamedTuple

from django.conf import settings


class Timeouts(NamedTuple):
    """Seconds. `answer` is how long this process waits for Postgres to answer at all; None is without end."""

    statement: float
    lock: float
    answer: float | None = None


SPARE = 1
"""Seconds that Postgres has to report that it cancelled a statement. It is frozen if it does not."""
_answers_requests = False


def answer_requests(answers: bool = True) -> None:
    """Give the new connections of this process the timeouts of pages, or those of jobs and commands again."""
    global _answers_requests
    _answers_requests = answers


def current() -> Timeouts:
    """The timeouts for a new connection of this process."""
    if _answers_requests:
        return Timeouts(settings.PAGE_SECONDS, settings.PAGE_LOCK_SECONDS, settings.PAGE_SECONDS + SPARE)
    return Timeouts(settings.JOB_SECONDS, settings.JOB_LOCK_SECONDS)
