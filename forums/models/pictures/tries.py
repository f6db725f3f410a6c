from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

MOST_TRIES = 3
RETRY_AFTER = timedelta(minutes=2)
"""Longer than one try takes, so that no two workers have the same row."""
RUN = 60
"""Seconds after which a run ends, so that other tasks have their turn. The next run continues."""


class TriedQuerySet(models.QuerySet):
    """Rows that a task prepares one after the other. Their model has `state`, `tries` and `tried_at`."""

    def work_through(self, prepare: Callable[[Any], None]) -> int:
        """Call `prepare` for each pending row whose turn it is, the oldest first. Returns their number."""
        began, seen = monotonic(), 0
        while monotonic() - began < RUN and (row := self._take()):
            prepare(row)
            seen += 1
        return seen

    def _take(self):
        """Return a row that waits, and mark it as being tried. A worker that dies leaves it to the next try."""
        due = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - RETRY_AFTER)
        waiting = self.filter(due, state=self.model.State.PENDING).order_by("pk")
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).first()
            if row is not None:
                row.tries += 1
                self.model.objects.filter(pk=row.pk).update(tries=row.tries, tried_at=timezone.now())
        return row
