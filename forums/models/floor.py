"""The floor of a topic: who may speak now, and under which number."""

from django.db import connection

from forums import permissions
from forums.models import slow_mode
from forums.models.comment import NotPosted

# In SQL for its RETURNING: one trip to the database less while everybody else waits for the row.
_TAKE = """
    UPDATE forums_topic
    SET last_seq = last_seq + 1, version = version + 1, comment_count = comment_count + 1,
        last_comment_at = %(at)s, last_author_id = %(author)s
    WHERE id = %(topic)s AND (locked_at IS NULL OR %(is_exempt)s)
    RETURNING last_seq, version, is_slow
"""


class TooSoon(NotPosted):
    """Slow mode is on. The same form may be sent again after `wait` seconds."""

    def __init__(self, wait, mode):
        super().__init__(f"{mode} Please send this again in {slow_mode.in_words(wait)}.")
        self.wait = wait


def take(topic, *, author, parent, token, at) -> int:
    """Lock the topic, count a reply to `parent` and return its number. Raises `NotPosted` where none is taken.

    One statement; two more in a topic that is slow somewhere.
    """
    is_exempt = permissions.is_moderator(author)
    values = {"at": at, "author": author.pk, "topic": topic.pk, "is_exempt": is_exempt}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row is None:
        raise NotPosted("This topic has been locked, so it takes no more replies.")
    seq, topic.version, is_slow = row
    if is_slow and not is_exempt:
        wait, mode = slow_mode.wait(topic, author=author, parent=parent, token=token, at=at)
        if wait:
            raise TooSoon(wait, mode)
    return seq
