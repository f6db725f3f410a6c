"""Adds the open polls in which a member has not voted to their digest (forums/notifications/mail)."""

from forums.notifications.mail import digest_sections
from forums.notifications.mail.digest_sections import Section
from polls.ballots import permissions, voting
from polls.models import Poll
from polls.models.elector import load_rolls

SHOWN = 10
LOOKED_AT = 100
"""Open polls that are looked at, those that close first."""


def register() -> None:
    digest_sections.register(find)


def find(member) -> Section | None:
    """The polls that the member may see and vote in, those that close first. At most four queries."""
    seen = Poll.objects.visible_to(member).for_list("open").order_by("closes_at", "pk")[:LOOKED_AT]
    polls = list(seen)
    voted = voting.voters(polls, [member.pk])
    left = [poll for poll in polls if (poll.pk, member.pk) not in voted]
    load_rolls(member, left)
    lines = [
        (_words(poll), poll.get_absolute_url()) for poll in left if not permissions.why_not_vote(member, poll)
    ][:SHOWN]
    return Section("Open polls in which you have not voted", lines) if lines else None


def _words(poll):
    return f"{poll.question} (until {poll.closes_at:%-d %B})" if poll.closes_at else poll.question
