"""Gives a reply its number in the topic and writes it, or refuses it. Two statements, which are SQL for their cost."""

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.models.discussion import paths, slow_mode
from forums.models.discussion.comment import Comment
from forums.models.discussion.comment_queries import NUMBERED
from forums.models.notifications import outbox

# A statement of its own, because the next one must see all that was committed before the topic was locked.
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

# Nothing is written without `written`. A sub-select hides the length of an array from the planner, which would
# otherwise plan the statement again for each reply.
_WRITE = f"""
    WITH place AS (
        SELECT id, EXISTS (
            SELECT FROM forums_comment
            WHERE topic_id = %(topic)s AND seq = ANY((SELECT 1 || %(seqs)s::int[])::int[])
                AND locked_in_id IS NOT NULL
        ) AS is_locked
        FROM forums_comment
        WHERE id = %(parent)s AND topic_id = %(topic)s AND path = %(parent_path)s
            AND (deleted_at IS NULL AND hidden_at IS NULL OR seq = 1)
    ), written AS (
        INSERT INTO forums_comment (
            topic_id, seq, parent_id, depth, path, descendants, author_id, body, body_html, token, version, changed_in,
            written_in, created_at, ups, downs)
        SELECT %(topic)s, %(seq)s, id, %(depth)s, %(path)s, 0, %(author)s, %(body)s, %(html)s, %(token)s, 1,
            %(version)s, %(version)s, %(at)s, 0, 0
        FROM place WHERE %(is_exempt)s OR NOT is_locked
        RETURNING id
    ), counted AS (
        UPDATE forums_comment SET descendants = descendants + 1 FROM written
        WHERE forums_comment.id IN ({NUMBERED})
    ), seen AS (
        UPDATE forums_visit SET latest_seq = %(seq)s FROM written
        WHERE member_id = %(author)s AND topic_id = %(topic)s AND latest_seq = %(seq)s - 1
    ), event AS (
        INSERT INTO forums_outboxevent (kind, topic_id, comment_id, actor_id, facts, created_at, failures)
        SELECT %(kind)s, %(topic)s, id, %(author)s, %(facts)s, %(now)s, 0 FROM written
    )
    SELECT written.id FROM place LEFT JOIN written ON TRUE
"""


def reserve(topic, *, author, parent, token, at) -> int:
    """Lock the topic, count a reply to `parent`, discard its draft, and return the number of the reply.

    Raises `Refused` in a closed topic and under slow mode; the caller must then roll back its transaction. One
    statement. A topic with slow modes costs two more; a closed one costs a moderator one more.
    """
    values = {"at": at, "author": author.pk, "topic": topic.pk, "token": token}
    row = _run(_TAKE, values | {"is_exempt": False})
    if row is None and permissions.may_moderate(author, topic):
        row = _run(_TAKE, values | {"is_exempt": True})
    if row is None:
        topic.refresh_from_db(fields=["locked_at", "debate_from", "debate_until"])
        raise Refused(Refusal.CLOSED, why_closed(topic))
    seq, topic.version, is_slow = row
    if is_slow and not permissions.may_moderate(author, topic):
        wait, mode = slow_mode.waiting_time(topic, author=author, parent=parent, token=token, at=at)
        if wait:
            raise Refused(Refusal.TOO_FAST, str(mode), wait)
    return seq


def write(topic, *, seq: int, author, parent, body: str, rendered, token, at) -> Comment:
    """Insert the reply `seq` below `parent`, count it on its ancestors, and write its event to the outbox.

    The author has seen it, if they had seen all before. The opening counts nothing, because the topic itself counts
    its comments. Raises `Refused` if `parent` was removed or moved, and in a branch that a moderator has locked; the
    caller must then roll back its transaction. One statement, and one more for a moderator in a locked branch. The
    topic must be locked already.
    """
    event = outbox.reply_added(rendered)
    comment = Comment(
        topic=topic,
        seq=seq,
        parent=parent,
        depth=parent.depth + 1,
        path=parent.path + paths.component(seq),
        author=author,
        body=body,
        body_html=rendered.html,
        token=token,
        changed_in=topic.version,
        written_in=topic.version,
        created_at=at,
    )
    above = paths.seqs(parent.path)
    values = {
        "topic": topic.pk,
        "seq": seq,
        "parent": parent.pk,
        "parent_path": parent.path,
        "topics": [topic.pk] * len(above),
        "seqs": above,
        "depth": comment.depth,
        "path": comment.path,
        "author": author.pk,
        "body": body,
        "html": rendered.html,
        "token": token,
        "version": topic.version,
        "at": at,
        "now": timezone.now(),
        "kind": event.kind,
        "facts": Jsonb(event.facts),
    }
    row = _run(_WRITE, values | {"is_exempt": False})
    if row == (None,) and permissions.may_moderate(author, topic):
        row = _run(_WRITE, values | {"is_exempt": True})
    if row is None:
        raise Refused(Refusal.GONE, "The comment you are answering has been taken away meanwhile.")
    (comment.pk,) = row
    if comment.pk is None:
        raise Refused(Refusal.CLOSED, "This branch has been locked, so it takes no more replies.")
    comment._state.adding, comment._state.db = False, connection.alias
    comment.score = 0  # a generated column
    return comment


def _run(statement, values):
    return next(iter(connection.rows(statement, values)), None)


def why_closed(topic) -> str:
    """Explain to a member why a closed topic (`Topic.is_closed`) takes no replies."""
    if topic.is_moving:
        return permissions.MOVING
    if topic.is_before_debate:
        return f"Its debate begins on {topic.debate_from:%-d %B %Y at %H:%M} UTC. You can reply from then on."
    if topic.is_locked:
        return "This topic has been locked, so it takes no more replies."
    return "Its debate is over, so it takes no more replies."
