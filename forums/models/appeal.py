from django.conf import settings
from django.db import models
from django.db.models import Q

from forums.models.report import WORDS


class AppealQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(decided_at=None)


class Appeal(models.Model):
    """The one concerned asks for another look at an act of moderation: once for each act, by constraint."""

    action = models.OneToOneField("forums.Action", models.PROTECT, related_name="appeal")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    words = models.TextField(max_length=WORDS)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.OneToOneField("forums.Action", models.PROTECT, null=True, related_name="decided")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decision=None)
                | Q(decided_at__isnull=False, decision__isnull=False),
                name="appeal_decided_by_something",
            )
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
