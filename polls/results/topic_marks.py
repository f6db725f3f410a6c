"""Marks the topics with open polls in lists (forums/listing/topic_marks.py)."""

from math import ceil

from config.engines import clock
from forums.listing import topic_marks
from forums.listing.topic_marks import Mark
from polls.ballots import permissions, voting
from polls.models import Poll
from polls.models.elector import load_rolls

DAY = 86_400


def register() -> None:
    topic_marks.register(find)


def find(topics: list[int], user) -> dict[int, Mark]:
    """The mark of each topic's open poll that closes first. One query; for a member at most three more."""
    open_polls = Poll.objects.for_list("open").filter(topic__in=topics).order_by("topic", "closes_at", "pk")
    first: dict[int, Poll] = {}
    for poll in open_polls:
        first.setdefault(poll.topic_id, poll)
    owed = _owed(list(first.values()), user) if user is not None and user.is_authenticated else set()
    return {
        topic: Mark(_words(poll), "you have not voted" if poll.pk in owed else "")
        for topic, poll in first.items()
    }


def _owed(polls, user):
    """The ids of the polls in which the member may vote and has not."""
    voted = voting.voters(polls, [user.pk])
    left = [poll for poll in polls if (poll.pk, user.pk) not in voted]
    load_rolls(user, left)
    return {poll.pk for poll in left if not permissions.why_not_vote(user, poll)}


def _words(poll):
    if poll.closes_at is None:
        return "poll open"
    left = (poll.closes_at - clock.now()).total_seconds()
    if left < DAY:
        return "poll open, closes within a day"
    return f"poll open, {(days := ceil(left / DAY))} day{'' if days == 1 else 's'} left"
