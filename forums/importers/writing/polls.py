"""Hands the polls of imported posts to the app that stores polls, by the registry of topic panels."""

from forums.importers.records.records import Discussion, Poll
from forums.models import Topic
from forums.reading import topic_panels

KIND = "poll"
NOT_KEPT = "polls are not kept here"
UNSHOWN = "on posts that are not shown"

Outcome = tuple[Poll, str]


def attach(discussions: list[Discussion], here: set[str], members) -> list[Outcome]:
    """Import the polls of all posts whose sources are in `here`, and return what happened to each.

    Call it inside the batch's transaction. It includes posts that an earlier import brought without their polls.
    """
    posts = [(discussion, post) for discussion in discussions for post in discussion.posts if post.polls]
    topics = Topic.objects.in_bulk([discussion.source for discussion, _ in posts], field_name="source")
    outcomes = []
    for discussion, post in posts:
        for poll in post.polls:
            outcomes.append((poll, _bring_in(poll, post, topics.get(discussion.source), here, members)))
    return outcomes


def count(report, outcomes: list[Outcome]) -> None:
    """Count them in the report. Call it after the commit."""
    for poll, outcome in outcomes:
        if outcome == topic_panels.ADDED:
            report.added[poll.kind] += 1
        elif outcome == topic_panels.THERE:
            report.present[poll.kind] += 1
        else:
            report.skip(poll.kind, outcome)


def _bring_in(poll, post, topic, here, members):
    keeper = topic_panels.find(KIND)
    if keeper is None:
        return NOT_KEPT
    if topic is None or post.source not in here or post.deleted_at or post.hidden_at:
        return UNSHOWN
    return keeper.bring_in(poll, topic=topic, author=members.get(post.author), members=members)
