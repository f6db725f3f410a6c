from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from config.caching import cache_tags
from config.monitoring import counters
from forums.models.discussion.scores import BY_SIDE, bridging_sql

# In SQL, because other writers wait for the topic's row meanwhile: one statement instead of three.
_STORE = """
    INSERT INTO forums_vote (member_id, comment_id, value, side, created_at)
    VALUES (%(member)s, %(comment)s, %(value)s, %(side)s, %(now)s)
    ON CONFLICT (member_id, comment_id) DO UPDATE SET value = EXCLUDED.value, side = EXCLUDED.side
"""
_REMOVE = "DELETE FROM forums_vote WHERE member_id = %(member)s AND comment_id = %(comment)s"
_SUMS = {column: f"({column} + %({column})s)" for column in ("ups", "downs", *BY_SIDE)}
_COUNT = f"""
    UPDATE forums_comment
    SET {", ".join(f"{column} = {total}" for column, total in _SUMS.items())},
        bridging = {bridging_sql(*(_SUMS[column] for column in BY_SIDE))}, version = version + 1,
        changed_in = (SELECT version FROM forums_topic WHERE id = topic_id)
    WHERE id = %(comment)s RETURNING ups, downs, score, version
"""


class VoteQuerySet(models.QuerySet):
    def cast(self, comment, *, by, value: int) -> int:
        """Make `value` (1, -1, or 0 for none) the vote of `by` on `comment`. Returns the change in score.

        The row of the topic is locked first, so two clicks at once count one after the other. Five statements, and one
        more in a debate. A vote that changes nothing costs three, and writes, invalidates and publishes nothing.
        """
        return comment.under_lock(lambda: self._cast(comment, by, value), also=("score",))

    def _cast(self, comment, by, value):
        found = self.filter(member=by, comment=comment).values_list("value", "side")
        old, old_side = next(iter(found), (0, ""))
        if value == old:
            return 0
        side = by.sides.of_voter(comment.topic) if value and comment.topic.debate_from else ""
        if comment.is_opening:
            comment.topic.bump_version((cache_tags.SCORES,), score=F("score") + value - old)
        else:
            comment.topic.bump_version(())
        written = self._write(comment, by, (value, side), (old, old_side))
        comment.ups, comment.downs, comment.score, comment.version = written
        counters.on_commit(counters.comment_voted)
        return value - old

    def _write(self, comment, by, new, old):
        values = {"member": by.pk, "comment": comment.pk, "now": timezone.now()}
        values["value"], values["side"] = new
        for column, way in (("ups", 1), ("downs", -1)):
            values[column] = (new[0] == way) - (old[0] == way)
            for side in ("for", "against"):
                values[f"{side}_{column}"] = (new == (way, side)) - (old == (way, side))
        return connection.rows(f"WITH written AS ({_STORE if new[0] else _REMOVE}) {_COUNT}", values)[0]

    def forget_sides(self, topic) -> None:
        """Count no vote in `topic` by side any more. The topic must be locked and have its new version."""
        self.filter(comment__topic=topic).exclude(side="").update(side="")
        topic.comments.with_votes_by_side().rewrite(bridging=0, **dict.fromkeys(BY_SIDE, 0))


class Vote(models.Model):
    """A member's vote on a comment, up (1) or down (-1). A unique constraint allows only one.

    `side` is the voter's side in the debate when they voted. It is empty if the vote counts for neither side
    (`SideQuerySet.of_voter`). It stays when the member changes sides, until they change the vote.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="votes", db_index=False)
    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="votes")
    value = models.SmallIntegerField()
    side = models.CharField(max_length=9, blank=True, db_default="", default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "comment"], name="vote_once"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_up_or_down"),
        ]
