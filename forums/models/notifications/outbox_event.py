from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from config.monitoring.queues import Backlog


class OutboxEventQuerySet(models.QuerySet):
    def take(self, most: int):
        """Lock and return the oldest events that no other worker holds. The caller needs a transaction.

        Leaves out that a comment was seen as long as the event of the comment itself waits.
        """
        waiting = self.waiting().select_for_update(skip_locked=True, of=["self"])
        earlier = OutboxEvent.objects.of_comments(OuterRef("comment")).filter(pk__lt=OuterRef("pk"))
        waiting = waiting.exclude(Q(Exists(earlier), kind=OutboxEvent.Kind.COMMENT_SEEN))
        return waiting.select_related("topic__category__parent", "comment__parent", "actor").order_by("pk")[
            :most
        ]

    def waiting(self):
        return self.filter(failures__lt=MOST_FAILURES)

    def given_up(self):
        return self.filter(failures__gte=MOST_FAILURES)

    def backlog(self) -> Backlog:
        """How many events wait, and since when. One query."""
        return Backlog(*self.waiting().aggregate(waiting=Count("pk"), oldest=Min("created_at")).values())

    def seen(self):
        """Filter the events that a comment was seen."""
        return self.waiting().filter(kind=OutboxEvent.Kind.COMMENT_SEEN)

    def of_comments(self, comments):
        """Filter the events that these comments were added or mention other members."""
        kinds = [OutboxEvent.Kind.COMMENT_ADDED, OutboxEvent.Kind.MENTIONS_CHANGED]
        return self.waiting().filter(comment__in=comments, kind__in=kinds)


MOST_FAILURES = 5
"""Attempts after which an event is given up. It stays in the outbox for an operator."""


class OutboxEvent(models.Model):
    """An event in the outbox, written by the transaction in which it happened.

    `forums.notifications.dispatch` turns it into notifications and deletes it. Nothing is lost while Redis or the
    workers are away. A reply writes one row more, whatever the number of members who watch.
    """

    class Kind(models.TextChoices):
        # The values are stored, so they keep their words when a name here changes.
        COMMENT_ADDED = "comment_added"
        MENTIONS_CHANGED = "mentions_added", "Mentions Added"
        MEMBERS_NOTIFIED = "members_told"
        VISIBILITY_CHANGED = "sight_changed"
        COMMENT_SEEN = "comment_seen"

    kind = models.CharField(max_length=20, choices=Kind)
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="+", db_index=False)
    comment = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = OutboxEventQuerySet.as_manager()
