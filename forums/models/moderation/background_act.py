from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from forums.models.discussion.topic import Topic

MOST_FAILURES = 3
"""Errors of the site after which an act is given up."""
PROGRESS_KEPT = 3600
"""Seconds."""
STOPPED = (
    "An error of the site has stopped this, and administrators find it in the log. You can ask once more."
)


class BackgroundActQuerySet(models.QuerySet):
    def pending(self):
        """Acts that wait or are under way, the oldest first."""
        return self.filter(finished_at=None, failed_at=None).order_by("pk")


class BackgroundAct(models.Model):
    """An act of moderation that takes long and therefore runs as a task (`forums.moderation.background`).

    While it is pending, its `topics` refuse replies and votes at once, because the task holds their locks.
    """

    kind = models.CharField(max_length=20, help_text="What is done, as in forums.moderation.long_acts.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    arguments = models.JSONField()
    key = models.CharField(max_length=64, help_text="A digest of the columns above.")
    topics = ArrayField(models.BigIntegerField(), default=list)
    total = models.PositiveIntegerField(help_text="The comments that it will change.")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True, help_text="The result, or why it failed, as a sentence.")
    address = models.CharField(max_length=200, blank=True, help_text="A page that shows the result.")
    failures = models.PositiveSmallIntegerField(default=0)

    objects = BackgroundActQuerySet.as_manager()

    class Meta:
        constraints = [
            # A double click asks for the same act twice.
            models.UniqueConstraint(
                fields=["key"], name="background_act_once", condition=Q(finished_at=None, failed_at=None)
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self):
        return f"/moderation/background/{self.pk}/"

    @property
    def is_pending(self) -> bool:
        return self.finished_at is None and self.failed_at is None

    @property
    def done(self) -> int:
        """How many comments it has changed so far. Only an indication: Redis may have lost it."""
        return min(cache.get(self._progress, 0), self.total)

    def note_done(self, count: int) -> None:
        """Store the progress in Redis, because the transaction of the act is not committed yet."""
        cache.set(self._progress, count, PROGRESS_KEPT)

    @property
    def _progress(self):
        return f"background act:{self.pk}"

    def start(self) -> None:
        cache.delete(self._progress)
        self._set(started_at=timezone.now())

    @transaction.atomic
    def finish(self, words: str, address: str) -> None:
        self._set(finished_at=timezone.now(), words=words, address=address)
        self._free_topics()

    @transaction.atomic
    def fail(self, words: str) -> None:
        self._set(failed_at=timezone.now(), words=words)
        self._free_topics()

    def note_failure(self) -> None:
        """Count an error of the site. The act is tried again, or given up after `MOST_FAILURES`."""
        self._set(failures=F("failures") + 1)
        self.refresh_from_db(fields=["failures"])
        if self.failures >= MOST_FAILURES:
            self.fail(STOPPED)

    def _set(self, **values):
        BackgroundAct.objects.filter(pk=self.pk).update(**values)

    def _free_topics(self):
        for topic in Topic.objects.filter(pk__in=self.topics).order_by("pk"):
            topic.bump_version(moving_since=None)
