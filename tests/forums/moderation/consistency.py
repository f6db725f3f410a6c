"""Checks that a discussion is consistent, and describes its tree for comparison."""

from collections import defaultdict

from forums.models import Comment, Topic, Visit
from forums.models.discussion import paths
from forums.tree import recount


def tree(topic) -> list:
    """Returns each comment's id, text, state and number of visible descendants, nested as the discussion is."""
    children = defaultdict(list)
    for comment in Comment.objects.filter(topic=topic).order_by("seq"):
        children[comment.parent_id].append(comment)

    def describe(comment):
        below = [describe(reply) for reply in children[comment.pk]]
        return [
            comment.pk,
            comment.body,
            comment.is_hidden,
            comment.is_removed,
            comment.descendants,
            below,
        ]

    return [describe(comment) for comment in children[None]]


def assert_consistent() -> None:
    """Asserts that counters equal a recount, paths follow the parents, and no visit lies beyond the last comment."""
    assert recount.differences() == []
    for comment in Comment.objects.select_related("parent"):
        if comment.parent is None:
            assert (comment.seq, comment.depth, comment.path) == (1, 0, "")
        else:
            assert comment.topic_id == comment.parent.topic_id
            assert comment.depth == comment.parent.depth + 1
            assert comment.path == comment.parent.path + paths.component(comment.seq)
    for topic in Topic.objects.filter(deleted_at=None):
        assert topic.comments.filter(seq=1).count() == 1
    for visit in Visit.objects.filter(topic__deleted_at=None).select_related("topic"):
        assert visit.baseline_seq <= visit.latest_seq <= visit.topic.last_seq
