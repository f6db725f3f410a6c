"""Converts imported texts again, after a fault of an earlier import was corrected."""

from config.caching import cache_tags
from forums import markup
from forums.importers.records.records import Post
from forums.importers.texts.conversion import Text
from forums.models import Comment, Topic


def repair(posts: list[Post], known: dict[str, int], texts: dict[str, Text]) -> list[Post]:
    """Replace the texts of comments that their members have not edited here. Returns the posts whose HTML differs.

    Call it inside a transaction. Nobody is notified, and the comments do not count as edited.
    """
    by_comment = {known[post.source]: post for post in posts if not texts[post.source].refused}
    topics = Topic.objects.filter(comments__in=[*by_comment]).distinct().order_by("pk")
    # In the order of their ids, as moderators lock topics.
    return [post for topic in topics for post in _repair_topic(topic, by_comment, texts)]


def _repair_topic(topic, by_comment, texts):
    topic.lock_row()
    found = topic.comments.filter(pk__in=[*by_comment], deleted_at=None, revisions=None)
    html = {each.pk: each.with_pictures(texts[by_comment[each.pk].source].html) for each in found}
    changed = [each for each in found if each.body_html != html[each.pk]]
    if not changed:
        return []
    listed = {}
    for comment in changed:
        if comment.is_opening and not comment.is_hidden:
            listed["excerpt"] = markup.excerpt(texts[by_comment[comment.pk].source].html)
    topic.bump_version((cache_tags.LISTS, cache_tags.TEXTS), **listed)
    for comment in changed:
        text = texts[by_comment[comment.pk].source]
        Comment.objects.filter(pk=comment.pk).rewrite(body=text.body, body_html=html[comment.pk])
    return [by_comment[comment.pk] for comment in changed]
