"""Chooses when each comment was written: soon or sometimes late, and never before what it answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from forums.demo.discussion_file import Discussion, Said

SOON = 25.0
"""Minutes. Half of all answers to a comment come within this time; a few take a day."""
LATER = (20 * 60.0, 50 * 60.0)
"""Least and most minutes until an answer that is marked `later`, because something happened in between."""


def timetable(discussion: Discussion, now: datetime, random: Random) -> list[tuple[datetime, Said]]:
    """Return all comments with their times, in the order of time, the opening first.

    Branches start throughout the discussion's life, fewer and fewer. Finally all times are scaled so that the latest
    comment was written `discussion.last` before `now`.
    """
    begin, length = now - discussion.opened, discussion.opened - discussion.last
    moments = [(0.0, discussion.opening), *_branches(discussion.opening.replies, length, random)]
    moments.sort(key=lambda moment: moment[0])
    latest = moments[-1][0] or 1.0
    return [(begin + length * (minutes / latest), said) for minutes, said in moments]


def _branches(replies: list[Said], length: timedelta, random: Random) -> Iterator[tuple[float, Said]]:
    starts = list(accumulate((place + 0.4) * random.uniform(0.2, 1.8) for place, _ in enumerate(replies)))
    for start, reply in zip(starts, replies, strict=True):
        at = length / timedelta(minutes=1) * start / starts[-1]
        yield at, reply
        yield from _answers(reply, at, random)


def _answers(said: Said, at: float, random: Random) -> Iterator[tuple[float, Said]]:
    for reply in said.replies:
        at += random.uniform(*LATER) if "later" in reply.marks else SOON * random.lognormvariate(0.0, 1.4)
        yield at, reply
        yield from _answers(reply, at, random)
