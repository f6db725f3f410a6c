from django.conf import settings
from django.db import models
from django.db.models import Q

from forums.models.action import Action
from forums.models.report import WORDS


class AppealQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(decided_at=None)

    def moderated_by(self, user):
        """Against acts on what `user` moderates."""
        return self.filter(action__in=Action.objects.moderated_by(user))

    def with_context(self):
        """Each with the act and all that a line of the log shows of it."""
        shown = (
            "by",
            "member",
            "comment",
            "rule",
            "category__parent",
            "topic__category__parent",
            "undoing",
            "undoes",
        )
        return self.select_related("by", "decision", *(f"action__{each}" for each in shown))


class Appeal(models.Model):
    """One whom it concerns asks for another look at an act of moderation: once for each act, by constraint."""

    action = models.ForeignKey("forums.Action", models.PROTECT, related_name="appeals", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    words = models.TextField(max_length=WORDS)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.ForeignKey("forums.Action", models.PROTECT, null=True, related_name="decided")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "by"], name="appeal_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision=None)
                | Q(decided_at__isnull=False, decision__isnull=False),
                name="appeal_decided_by_something",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="appeal_waiting", condition=Q(decided_at=None))
        ]

    def __str__(self):
        return f"Appeal {self.pk}"

    def get_absolute_url(self):
        return f"/appeals/{self.pk}/"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_granted(self) -> bool:
        return self.is_decided and self.decision.verb == "appeal_granted"
