"""The floor of a topic: who may speak now, and under which number."""

from django.db import connection
from django.db.models import Exists

from config.limits import in_words
from config.prepared import prepared
from forums import paths, permissions
from forums.models import slow_mode
from forums.models.comment import Comment, NotPosted

# In SQL for its RETURNING: one trip to the database less while everybody else waits for the row.
_TAKE = """
    WITH discarded AS (
        DELETE FROM forums_draft WHERE member_id = %(author)s AND topic_id = %(topic)s AND parent_id = %(parent)s)
    UPDATE forums_topic
    SET last_seq = last_seq + 1, version = version + 1, comment_count = comment_count + 1,
        last_comment_at = %(at)s, last_author_id = %(author)s
    WHERE id = %(topic)s AND (%(is_exempt)s OR locked_at IS NULL
        AND (debate_from IS NULL OR debate_from <= %(at)s) AND (debate_until IS NULL OR debate_until > %(at)s))
    RETURNING last_seq, version, is_slow
"""


class TooSoon(NotPosted):
    """Slow mode is on. The same form may be sent again after `wait` seconds."""

    status = 429

    def __init__(self, wait, mode):
        super().__init__(f"{mode} Please send this again {in_words(wait)}.")
        self.wait = wait


def see_that_it_stands(topic, *, author, parent) -> None:
    """Raise `NotPosted` if `parent` has been taken away, or stands in a branch that a moderator has locked. One
    statement, once the topic has been locked."""
    found = _standing(topic.pk, parent.pk, tuple(paths.way(parent.path)))
    if not found:
        raise NotPosted("The comment you are answering has been taken away meanwhile.")
    if found[0].is_closed and not permissions.may_moderate(author, topic):
        raise NotPosted("This branch has been locked, so it takes no more replies.")


@prepared
def _standing(topic, parent, way):
    """The parent, if it can be answered, and whether it `is_closed` by something on the `way` down to it."""
    comments = Comment.objects.filter(topic=topic)
    locked = comments.filter(seq__among=way, locked_in__isnull=False)
    return comments.answerable().filter(pk=parent).annotate(is_closed=Exists(locked)).only("pk")


def take(topic, *, author, parent, token, at) -> int:
    """Lock the topic, count a reply to `parent`, discard its draft and return its number. Raises `NotPosted` where none
    is taken; what is written in the same transaction must not stay then.

    One statement; two more in a topic that is slow somewhere, one more for a moderator in one that is closed.
    """
    values = {"at": at, "author": author.pk, "topic": topic.pk, "parent": parent.pk}
    row = _run(values | {"is_exempt": False})
    if row is None and permissions.may_moderate(author, topic):
        row = _run(values | {"is_exempt": True})
    if row is None:
        topic.refresh_from_db(fields=["locked_at", "debate_from", "debate_until"])
        raise NotPosted(why_closed(topic))
    seq, topic.version, is_slow = row
    if is_slow and not permissions.may_moderate(author, topic):
        wait, mode = slow_mode.wait(topic, author=author, parent=parent, token=token, at=at)
        if wait:
            raise TooSoon(wait, mode)
    return seq


def _run(values):
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        return cursor.fetchone()


def why_closed(topic) -> str:
    """The sentence that says why a topic takes no replies (`Topic.is_closed`)."""
    if topic.is_waiting:
        return f"Its debate begins on {topic.debate_from:%-d %B %Y at %H:%M} UTC; replies are taken from then on."
    if topic.is_locked:
        return "This topic has been locked, so it takes no more replies."
    return "Its debate is over, so it takes no more replies."
