from django.conf import settings
from django.db import models
from django.db.models import F, Q

# The list is loaded with the member in every request, so it must stay short.
MOST_IGNORED = 500


class Ignore(models.Model):
    """`member` does not want to read comments of `ignored`. Nobody else can see it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ignores")
    ignored = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ignored member"
        constraints = [
            models.UniqueConstraint(fields=["member", "ignored"], name="ignore_once"),
            models.CheckConstraint(condition=~Q(member=F("ignored")), name="ignore_someone_else"),
        ]

    def __str__(self):
        return f"{self.member_id} ignores {self.ignored_id}"
