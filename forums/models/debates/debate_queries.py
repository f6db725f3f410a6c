"""Queries for debates."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, Min, Q, When

from config.engines import clock
from config.monitoring.queues import Backlog
from config.processes import task_queue
from forums.models.discussion.topic import Topic

WARNED = timedelta(minutes=15)
"""Time between the reminder and the start."""


class DebateQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(topic__in=Topic.objects.visible_to(user))

    def with_topic(self):
        return self.select_related("topic__category__parent")

    def due(self):
        """Debates whose start or end has passed but is not recorded yet."""
        now = clock.now()
        return self.filter(Q(started_at=None, starts_at__lte=now) | Q(ends_at__lte=now), ended_at=None)

    def backlog(self) -> Backlog:
        """How many debates wait to begin or to end, and since when. One query."""
        at = Case(When(started_at=None, then="starts_at"), default="ends_at")
        return Backlog(*self.due().aggregate(waiting=Count("pk"), oldest=Min(at)).values())

    def near(self):
        """Debates that begin soon, for which no reminder has been sent."""
        now = clock.now()
        return self.filter(warned_at=None, started_at=None, starts_at__gt=now, starts_at__lte=now + WARNED)


TRANSITIONS_TASK = "forums.tasks.run_debate_transitions"
"""The task that begins and ends debates, and sends their reminders."""


def start_turning(debate) -> None:
    """Queue the task that turns `debate`, for each of its times that comes soon. Its periodic run queues later ones."""
    for at in (debate.starts_at - WARNED, debate.starts_at, debate.ends_at):
        if at > clock.now():
            task_queue.start_on_commit(TRANSITIONS_TASK, at=at)
