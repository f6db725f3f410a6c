from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Func, OuterRef, Q
from django.utils import timezone

MOST_COUNTED = 100
"""Unread notifications that are counted; beyond, the bell says "99+"."""


READ_KEPT, UNREAD_KEPT = timedelta(days=90), timedelta(days=365)


class NotificationQuerySet(models.QuerySet):
    def unread(self):
        """What waits to be seen, and can be."""
        return self.filter(read_at=None, is_withdrawn=False)

    def of(self, member):
        return self.filter(member=member)

    def see(self, topic, comment_ids) -> int:
        """The page of `topic` has shown these comments: what is told of them, and of the topic itself, is read, but
        for what moderators did: the page does not say that. Returns how much; one statement."""
        shown = self.unread().filter(Q(comment=None) | Q(comment__in=comment_ids), topic=topic)
        return shown.exclude(kind=Notification.Kind.MODERATED).update(read_at=timezone.now())

    def mark_all_read(self) -> int:
        return self.filter(read_at=None).update(read_at=timezone.now())

    def forget_old(self) -> int:
        """Delete what has been read long ago, and what nobody has read for much longer."""
        now = timezone.now()
        old = self.filter(Q(read_at__lt=now - READ_KEPT) | Q(created_at__lt=now - UNREAD_KEPT))
        return old.delete()[0]

    def counted(self):
        """How much waits for the member of an outer query, counted up to MOST_COUNTED: an expression for `annotate`."""
        waiting = self.unread().filter(member=OuterRef("pk")).values("topic")[:MOST_COUNTED]
        return Func(ArraySubquery(waiting), function="cardinality", output_field=models.IntegerField())

    def count_unread(self, member_ids) -> dict[int, int]:
        """By member, up to MOST_COUNTED; one query."""
        asked = get_user_model().objects.among(member_ids).annotate(unread=self.counted())
        return dict(asked.values_list("pk", "unread"))


class Notification(models.Model):
    """What one member is told: of a comment or of something else, once (`once` names it), and when they saw it.

    `is_withdrawn` while what it is about cannot be seen by them: a hidden topic, a deleted comment. `due_at` is when
    it goes out as mail if it has not been read by then, null for never.
    """

    class Kind(models.TextChoices):
        # Of a comment, the strongest last: a member hears of each comment once, for the best of reasons.
        COMMENT_ADDED = "comment_added", "New where you watch"
        TOPIC_OPENED = "topic_opened", "New topic where you watch"
        MENTIONED = "mentioned", "Mentioned you"
        QUOTED = "quoted", "Quoted you"
        REPLIED = "replied", "Replied to you"
        # Of something else, in words that come with it.
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
