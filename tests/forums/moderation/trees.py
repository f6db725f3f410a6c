"""A discussion as nested lists, to compare it before and after."""

from collections import defaultdict

from forums import paths, recount
from forums.models import Comment, Topic, Visit


def tree(topic) -> list:
    """Each comment's text, state and number of visible descendants, nested like the discussion."""
    children = defaultdict(list)
    for comment in Comment.objects.filter(topic=topic).order_by("seq"):
        children[comment.parent_id].append(comment)

    def told(comment):
        below = [told(reply) for reply in children[comment.pk]]
        return [
            comment.pk,
            comment.body,
            comment.is_hidden,
            comment.keeps_no_place,
            comment.descendants,
            below,
        ]

    return [told(comment) for comment in children[None]]


def see_that_all_is_right() -> None:
    """Assert that counters equal a recount, paths follow the parents, and no visit is beyond the last comment."""
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
