from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from config.caching import cache_tags
from config.monitoring import counters
from forums.models.discussion.comment_queries import TOPICS_VERSION
from forums.models.discussion.scores import BY_SIDE, bridging_sql


class VoteQuerySet(models.QuerySet):
    def cast(self, comment, *, by, value: int) -> int:
        """Make `value` (1, -1, or 0 for none) the vote of `by` on `comment`. Returns the change in score.

        The row of the topic is locked first, so two clicks at once count one after the other. Seven statements, and
        one more in a debate. A vote that changes nothing costs three, and writes, invalidates and publishes nothing.
        """
        return comment.under_lock(lambda: self._cast(comment, by, value), also=("score",))

    def _cast(self, comment, by, value):
        own = self.filter(member=by, comment=comment)
        old, old_side = own.values_list("value", "side").first() or (0, "")
        if value == old:
            return 0
        side = by.sides.of_voter(comment.topic) if value and comment.topic.debate_from else ""
        if comment.is_opening:
            comment.topic.bump_version(tags=(cache_tags.SCORES,), score=F("score") + value - old)
        else:
            comment.topic.bump_version(tags=())
        if not value:
            own.delete()
        elif old:
            own.update(value=value, side=side)
        else:
            self.create(member=by, comment=comment, value=value, side=side)
        type(comment).objects.filter(pk=comment.pk).update(
            ups=F("ups") + int(value == 1) - int(old == 1),
            downs=F("downs") + int(value == -1) - int(old == -1),
            version=F("version") + 1,
            changed_in=TOPICS_VERSION,
            **_by_side((old_side, old), (side, value)),
        )
        counters.on_commit(counters.comment_voted)
        comment.refresh_from_db(fields=["ups", "downs", "score", "version"])
        return value - old

    def forget_sides(self, topic) -> None:
        """Count no vote in `topic` by side any more. The topic must be locked and have its new version."""
        self.filter(comment__topic=topic).exclude(side="").update(side="")
        topic.comments.with_votes_by_side().rewrite(bridging=0, **dict.fromkeys(BY_SIDE, 0))


def _by_side(old: tuple[str, int], new: tuple[str, int]) -> dict:
    """Return new values of the counters by side and of the bridging score. Nothing if neither vote has a side."""
    if not (old[0] or new[0]):
        return {}
    changes = {
        f"{side}_{name}": ((side, vote) == new) - ((side, vote) == old)
        for side in ("for", "against")
        for name, vote in (("ups", 1), ("downs", -1))
    }
    counters = {column: F(column) + change for column, change in changes.items() if change}
    return counters | {"bridging": RawSQL(bridging_sql(changes), [])}


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
