"""Finding debates."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from config import task_queue
from forums.models.topic import Topic

WARNED = timedelta(minutes=15)
"""How long before the start those hear of it who asked to be reminded."""


class DebateQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(topic__in=Topic.objects.visible_to(user))

    def with_topic(self):
        return self.select_related("topic__category__parent")

    def due(self):
        """Those whose beginning or end has come, but which nobody has begun or ended yet."""
        now = timezone.now()
        return self.filter(Q(started_at=None, starts_at__lte=now) | Q(ends_at__lte=now), ended_at=None)

    def near(self):
        """Those that begin soon, of which nobody has been reminded yet."""
        now = timezone.now()
        return self.filter(warned_at=None, started_at=None, starts_at__gt=now, starts_at__lte=now + WARNED)


TURN = "forums.tasks.turn_debates"
"""The task that begins and ends debates, and sends their reminders."""


def start_turning(debate) -> None:
    """Queue the task that turns `debate`, for each of its times that comes soon. Its periodic run queues later ones."""
    for at in (debate.starts_at - WARNED, debate.starts_at, debate.ends_at):
        if at > timezone.now():
            task_queue.start_on_commit(TURN, at=at)
