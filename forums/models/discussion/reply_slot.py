"""Gives a reply its number in the topic, or refuses it."""

from django.db import connection
from django.db.models import Exists

from config.caching.compiled_queries import compiled
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.models.discussion import paths, slow_mode
from forums.models.discussion.comment import Comment

# In SQL because of RETURNING: it saves a round trip while other writers wait for the row.
_TAKE = """
    WITH discarded AS (
        DELETE FROM forums_draft WHERE member_id = %(author)s AND token = %(token)s)
    UPDATE forums_topic
    SET last_seq = last_seq + 1, version = version + 1, comment_count = comment_count + 1,
        last_comment_at = %(at)s, last_author_id = %(author)s
    WHERE id = %(topic)s AND (%(is_exempt)s OR locked_at IS NULL
        AND (debate_from IS NULL OR debate_from <= %(at)s) AND (debate_until IS NULL OR debate_until > %(at)s))
    RETURNING last_seq, version, is_slow
"""


def check_parent(topic, *, author, parent) -> None:
    """Refuse a reply to a comment that was removed, or in a branch that a moderator has locked.

    Raises `Refused`. One statement. The topic must be locked already.
    """
    found = _parent(topic.pk, parent.pk, tuple(paths.seqs_from_opening(parent.path)))
    if not found:
        raise Refused(Refusal.GONE, "The comment you are answering has been taken away meanwhile.")
    if found[0].is_closed and not permissions.may_moderate(author, topic):
        raise Refused(Refusal.CLOSED, "This branch has been locked, so it takes no more replies.")


@compiled
def _parent(topic, parent, ancestors):
    """Find the parent if it can be answered. `is_closed` if a comment among its `ancestors` is locked."""
    comments = Comment.objects.filter(topic=topic)
    locked = comments.filter(seq__among=ancestors, locked_in__isnull=False)
    return comments.answerable().filter(pk=parent).annotate(is_closed=Exists(locked)).only("pk")


def reserve(topic, *, author, parent, token, at) -> int:
    """Lock the topic, count a reply to `parent`, discard its draft, and return the number of the reply.

    Raises `Refused` in a closed topic and under slow mode; the caller must then roll back its transaction. One
    statement. A topic with slow modes costs two more; a closed one costs a moderator one more.
    """
    values = {"at": at, "author": author.pk, "topic": topic.pk, "token": token}
    row = _run(values | {"is_exempt": False})
    if row is None and permissions.may_moderate(author, topic):
        row = _run(values | {"is_exempt": True})
    if row is None:
        topic.refresh_from_db(fields=["locked_at", "debate_from", "debate_until"])
        raise Refused(Refusal.CLOSED, why_closed(topic))
    seq, topic.version, is_slow = row
    if is_slow and not permissions.may_moderate(author, topic):
        wait, mode = slow_mode.waiting_time(topic, author=author, parent=parent, token=token, at=at)
        if wait:
            raise Refused(Refusal.TOO_FAST, str(mode), wait)
    return seq


def _run(values):
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        return cursor.fetchone()


def why_closed(topic) -> str:
    """Explain to a member why a closed topic (`Topic.is_closed`) takes no replies."""
    if topic.is_moving:
        return permissions.MOVING
    if topic.is_before_debate:
        return f"Its debate begins on {topic.debate_from:%-d %B %Y at %H:%M} UTC. You can reply from then on."
    if topic.is_locked:
        return "This topic has been locked, so it takes no more replies."
    return "Its debate is over, so it takes no more replies."
