"""When each thing was said: answers come soon, sometimes late, and never before what they answer."""

from datetime import datetime
from random import Random

from forums.demo.script import Discussion, Said


def timetable(discussion: Discussion, now: datetime, random: Random) -> list[tuple[datetime, Said]]:
    """Everything said, in the order in which it came, each with its moment; the opening first.

    Gaps are drawn, with the long tail that pauses between messages have, then stretched so that the latest falls
    on `discussion.last` before `now`.
    """
    begin, end = now - discussion.opened, now - discussion.last
    moments = [(0.0, discussion.opening), *_answers(discussion.opening, 0.0, random)]
    moments.sort(key=lambda moment: moment[0])
    latest = moments[-1][0] or 1.0
    return [(begin + (end - begin) * (at / latest), said) for at, said in moments]


def _answers(said, at, random):
    for reply in said.replies:
        at += random.lognormvariate(0.0, 1.3)
        yield at, reply
        yield from _answers(reply, at, random)
