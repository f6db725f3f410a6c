"""What is told of polls to those who watch (forums/live.py), and who may hear it."""

from collections.abc import Iterator

from forums import live
from forums.sockets import expanders
from forums.sockets.ladder import Step
from polls import permissions
from polls.models import Ballot, Poll, Voter
from polls.standing import Standing


def register() -> None:
    expanders.register_kind("poll_counted", counted)
    expanders.register_labels(labels)


def counted(messages: list[dict], stream) -> Iterator[dict[str, str]]:
    """What is told after ballots have come in: the results to those who may see them, turnout to all. Where that is
    too much to tell so many, turnout alone, and in the end nothing: pages ask (`state`)."""
    if stream.step == Step.POLLING:
        return
    for standing in _running(messages):
        if stream.step == Step.COUNTS:
            yield {"": live.encode(**_turnout(standing))}
        else:
            yield _versions(standing)


def state(poll_id: int) -> dict[str, str]:
    """What would be told of a poll now, if there is anything."""
    return next(map(_versions, _running([{"poll": poll_id}])), {})


def _running(messages):
    """How the polls stand that have not closed."""
    polls = Poll.objects.for_page().filter(pk__in=[message["poll"] for message in messages], closed_at=None)
    return map(Standing, polls.order_by("pk"))


def _turnout(standing):
    return {"kind": "poll_counted", "poll": standing.poll.pk, "turnout": standing.turnout}


def _versions(standing):
    poll, turnout = standing.poll, _turnout(standing)
    full = live.encode(**turnout, results=standing.html)
    everybody = full if poll.results_show == Poll.ResultsShow.ALWAYS else live.encode(**turnout)
    return {label(poll): full, "": everybody}


def label(poll: Poll) -> str:
    """Held by listeners who may see the poll's results."""
    return f"poll:{poll.pk}"


def labels(stream: str, users: list) -> dict[int | None, set[str]]:
    """Of each user, a label for each poll whose results they may see now. Four queries at most."""
    topic = live.number(stream, of="topic")
    polls = list(Poll.objects.filter(topic=topic).running().for_page()) if topic else []
    voted = _voters(polls, [user.pk for user in users if user.pk])
    return {
        user.pk: {
            label(poll)
            for poll in polls
            if permissions.may_see_results(user, poll, (poll.pk, user.pk) in voted)
        }
        for user in users
    }


def _voters(polls, members):
    """Who of the members has voted in which of the polls, as pairs."""
    found: set[tuple[int, int]] = set()
    for rows, secret in ((Ballot, False), (Voter, True)):
        asked = [poll.pk for poll in polls if poll.secret is secret]
        if asked and members:
            voted = rows.objects.filter(member__in=members, poll__in=asked)
            found.update(voted.values_list("poll", "member"))
    return found
