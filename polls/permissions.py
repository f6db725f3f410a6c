"""Who may do what with a poll: pure questions about objects already loaded, so none of them costs a query.

A poll must have been fetched with its topic and the topic's category (`Poll.objects.for_page`).
"""

from datetime import timedelta

from django.utils import timezone

from forums import permissions as forum


def may_open(user, topic) -> bool:
    """Polls are added by whoever opened the topic, while they may write there, and by moderators."""
    if not user.is_authenticated:
        return False
    return forum.may_moderate(user, topic) or (topic.author_id == user.pk and forum.may_prepare(user, topic))


def may_run(user, poll) -> bool:
    """Correct, extend and close it: whoever opened the poll, and moderators."""
    if not forum.may_speak(user):
        return False
    return forum.may_moderate(user, poll.topic) or poll.author_id == user.pk


def why_not_vote(user, poll) -> str:
    """The sentence that tells `user` why they may not vote; empty where they may. A locked topic is no
    reason."""
    if not user.is_authenticated:
        return "Sign in to vote."
    if silent := forum.why_silent(user):
        return silent
    if poll.is_closed:
        return "This poll is closed, so it takes no more ballots."
    if not poll.has_begun:
        return "This poll has not begun yet."
    return why_not_eligible(user, poll)


def why_not_eligible(user, poll) -> str:
    """The poll's own rule about who votes, whenever it is open."""
    if poll.voter_groups and not set(poll.voter_groups).intersection(forum.groups_of(user)):
        return "Only members of certain groups vote in this poll, and you are in none of them."
    if poll.account_days and user.date_joined > timezone.now() - timedelta(days=poll.account_days):
        return f"Only accounts at least {poll.account_days} days old vote in this poll."
    if poll.members_before_opening and user.date_joined > poll.opens_at:
        return "Only those vote in this poll who were members before it opened."
    return ""


def may_see_results(user, poll, has_voted: bool) -> bool:
    """Until the close the poll's rule decides; polls whose results are for staff stay so."""
    show = poll.results_show
    if show == poll.ResultsShow.STAFF:
        return forum.may_moderate(user, poll.topic)
    if poll.is_closed or show == poll.ResultsShow.ALWAYS:
        return True
    return show == poll.ResultsShow.AFTER_VOTING and has_voted
