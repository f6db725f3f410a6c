from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from config.caching import cache_tags
from config.monitoring import counters

# In SQL, because other writers wait for the topic's row meanwhile: one statement instead of three.
_STORE = """
    INSERT INTO forums_vote (member_id, comment_id, value, created_at)
    VALUES (%(member)s, %(comment)s, %(value)s, %(now)s)
    ON CONFLICT (member_id, comment_id) DO UPDATE SET value = EXCLUDED.value
"""
_REMOVE = "DELETE FROM forums_vote WHERE member_id = %(member)s AND comment_id = %(comment)s"
_COUNT = """
    UPDATE forums_comment
    SET ups = ups + %(ups)s, downs = downs + %(downs)s, version = version + 1,
        changed_in = (SELECT version FROM forums_topic WHERE id = topic_id)
    WHERE id = %(comment)s RETURNING ups, downs, score, version
"""


class VoteQuerySet(models.QuerySet):
    def cast(self, comment, *, by, value: int) -> int:
        """Make `value` (1, -1, or 0 for none) the vote of `by` on `comment`. Returns the change in score.

        The row of the topic is locked first, so two clicks at once count one after the other. Five statements; a
        vote that changes nothing costs three, and writes, invalidates and publishes nothing.
        """
        return comment.under_lock(lambda: self._cast(comment, by, value), also=("score",))

    def _cast(self, comment, by, value):
        old = next(iter(self.filter(member=by, comment=comment).values_list("value", flat=True)), 0)
        if value == old:
            return 0
        if comment.is_opening:
            comment.topic.bump_version(tags=(cache_tags.SCORES,), score=F("score") + value - old)
        else:
            comment.topic.bump_version(tags=())
        comment.ups, comment.downs, comment.score, comment.version = self._write(comment, by, value, old)
        counters.on_commit(counters.comment_voted)
        return value - old

    def _write(self, comment, by, value, old):
        values = {"member": by.pk, "comment": comment.pk, "value": value, "now": timezone.now()}
        values["ups"], values["downs"] = (int(value == side) - int(old == side) for side in (1, -1))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH written AS ({_STORE if value else _REMOVE}) {_COUNT}", values)
            return cursor.fetchone()


class Vote(models.Model):
    """A member's vote on a comment, up (1) or down (-1). A unique constraint allows only one."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="votes", db_index=False)
    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="votes")
    value = models.SmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "comment"], name="vote_once"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_up_or_down"),
        ]
