from django.conf import settings
from django.db import models


class DraftQuerySet(models.QuerySet):
    def keep(
        self, member, *, topic=None, parent=None, body: str, title: str = "", category=None, token=None
    ) -> bool:
        """Store an unfinished text of `member`; an empty one discards the draft. Returns whether one is stored.

        A save may arrive after the comment itself. If `token` has been posted already, nothing is stored.
        """
        if not body.strip() and not title.strip():
            self.discard(member, topic=topic, parent=parent)
            return False
        if token and member.comments.filter(token=token).exists():
            return False
        self.update_or_create(
            member=member,
            topic=topic,
            parent=parent,
            defaults={"body": body, "title": title, "category": category},
        )
        return True

    def discard(self, member, *, topic=None, parent=None):
        self.filter(member=member, topic=topic, parent=parent).delete()

    def of(self, member, *, topic=None, parent=None):
        """Return the draft at this place, or None."""
        return self.filter(member=member, topic=topic, parent=parent).first()


class Draft(models.Model):
    """An unfinished text: one per member and comment that it replies to, and one for a new topic."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False
    )
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="drafts")
    parent = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="drafts")
    category = models.ForeignKey("forums.Category", models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "topic", "parent"], name="draft_once", nulls_distinct=False
            )
        ]
