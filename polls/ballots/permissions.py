"""Permissions of polls: functions of loaded objects. Only a stored roll costs a query.

Load a poll with its topic and the topic's category first (`Poll.objects.for_page`).
"""

from datetime import timedelta

from django.utils import timezone

from forums.access import permissions as forum
from polls.models.elector import is_on_stored_roll


def may_open(user, topic) -> bool:
    """Moderators may open polls; the author of the topic too, while they may write in it."""
    if not user.is_authenticated:
        return False
    return forum.may_moderate(user, topic) or (topic.author_id == user.pk and forum.may_prepare(user, topic))


def may_run(user, poll) -> bool:
    """The author of the poll and moderators may correct, extend and close it."""
    if not forum.may_speak(user):
        return False
    return forum.may_moderate(user, poll.topic) or poll.author_id == user.pk


def why_not_vote(user, poll) -> str:
    """A sentence for `user` that says why they may not vote; empty if they may. A locked topic is no reason."""
    if not user.is_authenticated:
        return "Sign in to vote."
    if silent := forum.why_silent(user):
        return silent
    if poll.is_closed:
        return "This poll is closed, so you can no longer vote."
    if not poll.has_begun:
        return "This poll has not opened yet. Come back when it opens."
    return why_not_eligible(user, poll)


def why_not_eligible(user, poll) -> str:
    """The same for the poll's own rules about voters, whether or not the poll is open.

    One query if the poll has a stored roll.
    """
    if not poll.roll_grows:
        return _why_not_on_roll(user, poll)
    if poll.voter_groups and not set(poll.voter_groups).intersection(forum.groups_of(user)):
        return "Only members of certain groups can vote in this poll, and you are in none of them."
    if poll.account_days and user.date_joined > timezone.now() - timedelta(days=poll.account_days):
        return f"Only accounts that are at least {poll.account_days} days old can vote in this poll."
    if poll.members_before_opening and user.date_joined > poll.opens_at:
        return "Only members who joined before this poll opened can vote in it."
    return ""


def _why_not_on_roll(user, poll):
    if user.date_joined > poll.opens_at:
        return "The roll of this poll was fixed when it opened, and you joined later."
    if poll.account_days and user.date_joined > poll.opens_at - timedelta(days=poll.account_days):
        return f"Only accounts that were at least {poll.account_days} days old when this poll opened can vote in it."
    if poll.has_stored_roll and not is_on_stored_roll(user, poll):
        return "Only members of certain groups can vote in this poll, and you were in none of them when it opened."
    return ""


def may_see_results(user, poll, has_voted: bool) -> bool:
    """While the poll is open its rule decides. Then everyone may, unless the results are for moderators only."""
    show = poll.results_show
    if show == poll.ResultsShow.STAFF:
        return forum.may_moderate(user, poll.topic)
    if poll.is_closed or show == poll.ResultsShow.ALWAYS:
        return True
    return show == poll.ResultsShow.AFTER_VOTING and has_voted
