"""Hands the polls of imported posts to the app that stores polls, by the registry of topic panels."""

import re
from collections.abc import Collection
from html import unescape

from forums.importers.records.fields import Broken
from forums.importers.records.records import Discussion, KeptDebate, KeptPoll, Poll, Post
from forums.models import Topic
from forums.reading import topic_panels

KIND = "poll"
NOT_KEPT = "polls are not kept here"
UNSHOWN = "on posts that are not shown"
NO_AUTHOR = "their author has no account here"
NO_RESULTS = topic_panels.NO_RESULTS
BOX = re.compile(r'(<div (?=[^>]*data-poll-name="([^"]*)")[^>]*class=")poll"')

Outcome = tuple[Poll | KeptPoll | KeptDebate, str]


def keep_unimported(post: Post, members) -> None:
    """Let the text of polls that will not become real ones stay in the post. `markup.sanitise` removes the others."""
    if "data-poll-name" in post.text:
        imported = {poll.name for poll in post.polls if not _why_not(poll, post, members)}
        post.text = BOX.sub(lambda box: box[0] if unescape(box[2]) in imported else f'{box[1]}"', post.text)


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


def restore(discussions: list[Discussion], members) -> list[Outcome]:
    """Import the polls that an export of this software has of these discussions. Returns what happened to each.

    Call it inside the batch's transaction.
    """
    polled = [discussion for discussion in discussions if discussion.kept_polls]
    topics = Topic.objects.in_bulk([discussion.source for discussion in polled], field_name="source")
    return [
        (poll, _restore(poll, topics.get(discussion.source), members))
        for discussion in polled
        for poll in discussion.kept_polls
    ]


def foresee(discussions: list[Discussion], topics: Collection[str], members) -> list[Outcome]:
    """Return what would happen to each poll and debate. `topics` are the sources of those that are here."""
    outcomes: list[Outcome] = []
    for discussion in discussions:
        outcome = topic_panels.THERE if discussion.source in topics else topic_panels.ADDED
        for post in discussion.posts:
            outcomes += [(poll, _why_not(poll, post, members) or outcome) for poll in post.polls]
        outcomes += [(kept, outcome) for kept in (*discussion.kept_polls, discussion.debate) if kept]
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
    why = UNSHOWN if topic is None or post.source not in here else _why_not(poll, post, members)
    if why:
        return why
    keeper = topic_panels.find(KIND)
    return keeper.bring_in(poll, topic=topic, author=members[post.author], members=members)


def _restore(poll, topic, members):
    keeper = topic_panels.find(KIND)
    if keeper is None:
        return NOT_KEPT
    if topic is None:
        return UNSHOWN
    if poll.author not in members:
        return NO_AUTHOR
    try:
        return keeper.restore(poll, topic=topic, author=members[poll.author], members=members)
    except Broken as broken:
        return f"broken: {broken}"


def _why_not(poll, post, members) -> str:
    if topic_panels.find(KIND) is None:
        return NOT_KEPT
    if post.deleted_at or post.hidden_at:
        return UNSHOWN
    if post.author not in members:
        return NO_AUTHOR
    return NO_RESULTS if poll.totals is None else ""
