from django.conf import settings
from django.db import models


class DraftQuerySet(models.QuerySet):
    def keep(
        self, member, *, token, body: str, parent=None, title: str = "", tags: str = "", category=None
    ) -> bool:
        """Store the unfinished text of the form `token`; an empty one discards it. Returns whether one is stored.

        A save may arrive after the text itself. If `token` has been sent already, nothing is stored.
        """
        if not body.strip() and not title.strip():
            self.discard(member, token)
            return False
        if member.comments.filter(token=token).exists() or member.pending_posts.filter(token=token).exists():
            return False
        place = {"topic": parent and parent.topic, "parent": parent, "category": category}
        said = {"body": body, "title": title, "tags": tags}
        self.update_or_create(member=member, token=token, defaults=said | place)
        return True

    def discard(self, member, token):
        self.filter(member=member, token=token).delete()

    def of(self, member, *, parent=None, chosen: str = ""):
        """Return the member's newest draft of a reply to `parent`, or of a new topic, or None.

        `chosen` is the number of the wanted one, as the address of a form gives it.
        """
        drafts = self.filter(member=member, parent=parent).order_by("-updated_at")
        is_number = chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
        return (drafts.filter(pk=chosen) if is_number else drafts).first()


class Draft(models.Model):
    """An unfinished text. It belongs to a form by its token, so a member may have several for the same place."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False
    )
    token = models.UUIDField()
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="drafts")
    parent = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="drafts")
    category = models.ForeignKey("forums.Category", models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    tags = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="As they were typed."
    )
    body = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "token"], name="draft_token_once")]

    def get_absolute_url(self):
        form = f"/t/{self.topic_id}/reply/?parent={self.parent_id}&" if self.topic_id else "/new/?"
        return f"{form}draft={self.pk}"
