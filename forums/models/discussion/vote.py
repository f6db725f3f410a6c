from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.caching import cache_tags
from config.monitoring import counters
from forums.models.discussion.comment_queries import TOPICS_VERSION


class VoteQuerySet(models.QuerySet):
    def cast(self, comment, *, by, value: int) -> int:
        """Make `value` (1, -1, or 0 for none) the vote of `by` on `comment`. Returns the change in score.

        The row of the topic is locked first, so two clicks at once count one after the other. Seven statements; a
        vote that changes nothing costs three, and writes, invalidates and publishes nothing.
        """
        return comment.under_lock(lambda: self._cast(comment, by, value), also=("score",))

    def _cast(self, comment, by, value):
        own = self.filter(member=by, comment=comment)
        old = own.values_list("value", flat=True).first() or 0
        if value == old:
            return 0
        if comment.is_opening:
            comment.topic.bump_version(tags=(cache_tags.SCORES,), score=F("score") + value - old)
        else:
            comment.topic.bump_version(tags=())
        if not value:
            own.delete()
        elif old:
            own.update(value=value)
        else:
            self.create(member=by, comment=comment, value=value)
        type(comment).objects.filter(pk=comment.pk).update(
            ups=F("ups") + int(value == 1) - int(old == 1),
            downs=F("downs") + int(value == -1) - int(old == -1),
            version=F("version") + 1,
            changed_in=TOPICS_VERSION,
        )
        counters.on_commit(counters.comment_voted)
        comment.refresh_from_db(fields=["ups", "downs", "score", "version"])
        return value - old


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
