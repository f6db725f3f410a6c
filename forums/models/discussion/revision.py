from django.conf import settings
from django.db import models
from django.utils import timezone


class RevisionQuerySet(models.QuerySet):
    def keep(self, comment, *, by):
        """Store the present text, which `by` is about to replace."""
        written_at = comment.edited_at or comment.created_at
        self.create(comment=comment, body=comment.body, written_at=written_at, replaced_by=by)


class Revision(models.Model):
    """A text that a comment had before an edit. Everyone who may read the comment may read it."""

    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="revisions")
    body = models.TextField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
