"""Hands the polls of imported posts to the app that stores polls, by the registry of topic panels."""

from forums.importers.records.records import Discussion, Poll
from forums.models import Topic
from forums.reading import topic_panels

KIND = "poll"
NOT_KEPT = "polls are not kept here"
UNSHOWN = "on posts that are not shown"

Fate = tuple[Poll, str]


def attach(discussions: list[Discussion], here: set[str], members) -> list[Fate]:
    """Import the polls of all posts whose sources are in `here`, and return what happened to each.

    Call it inside the batch's transaction. It includes posts that an earlier import brought without their polls.
    """
    posts = [(discussion, post) for discussion in discussions for post in discussion.posts if post.polls]
    topics = Topic.objects.in_bulk([discussion.source for discussion, _ in posts], field_name="source")
    fates = []
    for discussion, post in posts:
        for poll in post.polls:
            fates.append((poll, _bring_in(poll, post, topics.get(discussion.source), here, members)))
    return fates


def tell(report, fates: list[Fate]) -> None:
    """Count them in the report. Call it after the commit."""
    for poll, fate in fates:
        if fate == topic_panels.ADDED:
            report.added[poll.kind] += 1
        elif fate == topic_panels.THERE:
            report.there[poll.kind] += 1
        else:
            report.skip(poll.kind, fate)


def _bring_in(poll, post, topic, here, members):
    keeper = topic_panels.find(KIND)
    if keeper is None:
        return NOT_KEPT
    if topic is None or post.source not in here or post.deleted_at or post.hidden_at:
        return UNSHOWN
    return keeper.bring_in(poll, topic=topic, author=members.get(post.author), members=members)
