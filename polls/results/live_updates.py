"""Publishes live results (forums/live/streams.py): which messages a poll sends, and who may receive them."""

from collections.abc import Iterator

from forums.live import streams
from forums.live.delivery import expanders
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.message import LARGEST
from polls.ballots import permissions, voting
from polls.models import Poll
from polls.results.poll_results import PollResults


def register() -> None:
    expanders.register_kind("poll_counted", counted)
    expanders.register_labels(labels)


def counted(messages: list[dict], stream) -> Iterator[dict[str, str]]:
    """The messages after new ballots: results for members who may see them, turnout for everyone.

    Under load only the turnout is sent, and under more load nothing: pages then poll `state`. Results that would make
    the batch too large are left out in the same way.
    """
    if stream.step == Step.POLLING:
        return
    left = LARGEST
    for results in _running(messages):
        versions = {"": streams.encode(**_turnout(results))}
        if (
            stream.step != Step.COUNTS
            and (size := max(map(len, (full := _versions(results)).values()))) <= left
        ):
            versions, left = full, left - size
        yield versions


def state(poll_id: int) -> dict[str, str]:
    """The message that would be sent now, by label. Empty if the poll is closed or does not exist."""
    return next(map(_versions, _running([{"poll": poll_id}])), {})


def _running(messages):
    """The results of those polls that are not closed."""
    polls = Poll.objects.for_page().filter(pk__in=[message["poll"] for message in messages], closed_at=None)
    return map(PollResults, polls.order_by("pk"))


def _turnout(results):
    about = {"kind": "poll_counted", "poll": results.poll.pk, "turnout": results.turnout}
    return about | {"share": results.share} if results.share else about


def _versions(results):
    poll, turnout = results.poll, _turnout(results)
    full = streams.encode(**turnout, results=results.html)
    everybody = full if poll.results_show == Poll.ResultsShow.ALWAYS else streams.encode(**turnout)
    return {label(poll): full, "": everybody}


def label(poll: Poll) -> str:
    """The label of connections whose user may see the poll's results."""
    return f"poll:{poll.pk}"


def labels(stream: str, users: list) -> dict[int | None, set[str]]:
    """For each user, the labels of the polls whose results they may see now. At most four queries."""
    topic = streams.number(stream, of="topic")
    polls = list(Poll.objects.filter(topic=topic).running().for_page()) if topic else []
    voted = voting.voters(polls, [user.pk for user in users if user.pk])
    return {
        user.pk: {
            label(poll)
            for poll in polls
            if permissions.may_see_results(user, poll, (poll.pk, user.pk) in voted)
        }
        for user in users
    }
