from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Func, OuterRef, Q
from django.utils import timezone

MOST_COUNTED = 100
"""Unread notifications that are counted at most. The bell then says "99+"."""


READ_KEPT, UNREAD_KEPT = timedelta(days=90), timedelta(days=365)


class NotificationQuerySet(models.QuerySet):
    def unread(self):
        """Filter the unread ones that are not retracted."""
        return self.filter(read_at=None, is_withdrawn=False)

    def of(self, member):
        return self.filter(member=member)

    def see(self, topic, comment_ids) -> int:
        """Mark as read the notifications about these comments of `topic`, and about the topic itself.

        Moderators' acts stay unread, because the topic's page does not show them. Returns how many were marked. One
        statement.
        """
        shown = self.unread().filter(Q(comment=None) | Q(comment__in=comment_ids), topic=topic)
        return shown.exclude(kind=Notification.Kind.MODERATED).update(read_at=timezone.now())

    def mark_all_read(self) -> int:
        return self.filter(read_at=None).update(read_at=timezone.now())

    def forget_old(self) -> int:
        """Delete those read READ_KEPT ago, and those created UNREAD_KEPT ago. Returns how many."""
        now = timezone.now()
        old = self.filter(Q(read_at__lt=now - READ_KEPT) | Q(created_at__lt=now - UNREAD_KEPT))
        return old.delete()[0]

    def counted(self):
        """Build an expression that counts the unread ones of the outer query's member, up to MOST_COUNTED."""
        waiting = self.unread().filter(member=OuterRef("pk")).values("topic")[:MOST_COUNTED]
        return Func(ArraySubquery(waiting), function="cardinality", output_field=models.IntegerField())

    def count_unread(self, member_ids) -> dict[int, int]:
        """Count the unread ones of each member, up to MOST_COUNTED. One query."""
        members = get_user_model().objects.among(member_ids).annotate(unread=self.counted())
        return dict(members.values_list("pk", "unread"))


class Notification(models.Model):
    """A message to one member about a comment or another event. `once` names the event: each makes one notification.

    `is_withdrawn` is true while the member cannot see what it is about, for instance a hidden topic. `due_at` is when
    it is mailed unless it has been read, null for never.
    """

    class Kind(models.TextChoices):
        # About a comment, the strongest last. A member gets one notification for a comment, of the strongest kind.
        COMMENT_ADDED = "comment_added", "New where you watch"
        TOPIC_OPENED = "topic_opened", "New topic where you watch"
        MENTIONED = "mentioned", "Mentioned you"
        QUOTED = "quoted", "Quoted you"
        REPLIED = "replied", "Replied to you"
        # About something else. The event brings its own words.
        OPENED = "opened", "Opened where you watch"
        MODERATED = "moderated", "A moderator's act"
        ENDED = "ended", "Something of yours has ended"
        REMINDED = "reminded", "A reminder"

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind)
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="+", db_index=False)
    comment = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="+", db_index=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    words = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=200, blank=True)
    once = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    is_withdrawn = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "once"], name="notification_once")]
        indexes = [
            models.Index(
                fields=["member", "topic"],
                name="notification_unread",
                condition=Q(read_at=None, is_withdrawn=False),
            ),
            models.Index(fields=["topic"], name="notification_topic", condition=Q(read_at=None)),
            models.Index(fields=["comment"], name="notification_comment"),
            models.Index(
                fields=["due_at"],
                name="notification_due",
                condition=Q(due_at__isnull=False, read_at=None, emailed_at=None, is_withdrawn=False),
            ),
        ]
