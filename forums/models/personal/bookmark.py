from django.conf import settings
from django.db import models


class Bookmark(models.Model):
    """A comment that a member has saved to find it again."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks", db_index=False
    )
    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "comment"], name="bookmark_once")]
