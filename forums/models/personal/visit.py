from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

GAP = timedelta(minutes=30)
"""A view after a longer pause than this begins a new visit."""
PRECISION = timedelta(minutes=1)
"""The precision of `seen_at`. A member who goes on reading writes at most one row a minute."""

# One statement, without waiting for the disk: after a crash of Postgres a member at most sees the last marks again.
# Another request of the member may have written since theirs was read, so nothing goes backwards.
_NOTE = """
    INSERT INTO forums_visit AS known (member_id, topic_id, baseline_seq, latest_seq, seen_at)
    SELECT %(member)s, %(topic)s, %(baseline)s, %(latest)s, %(now)s
    WHERE set_config('synchronous_commit', 'off', TRUE) IS NOT NULL
    ON CONFLICT (member_id, topic_id) DO UPDATE
    SET baseline_seq = greatest(known.baseline_seq, EXCLUDED.baseline_seq),
        latest_seq = greatest(known.latest_seq, EXCLUDED.latest_seq),
        seen_at = greatest(known.seen_at, EXCLUDED.seen_at)
"""


class VisitQuerySet(models.QuerySet):
    def begin(self, member, topic):
        """Store that `member` has seen all of the `topic` that they have just opened."""
        self.create(member=member, topic=topic, baseline_seq=topic.last_seq, latest_seq=topic.last_seq)

    def note(self, member, topic) -> int:
        """Store that `member` views `topic`, loaded with `with_visit_of`. Returns the baseline: later comments are new.

        Within one visit the baseline stays, so that a reload keeps the marks. A new visit moves it to the last comment
        of the visit before. The first visit marks nothing. No statement unless something changed.
        """
        now = timezone.now()
        baseline, latest, seen = topic.visit_baseline, topic.visit_latest, topic.visit_seen_at
        if seen is None:
            baseline = topic.last_seq
        elif now - seen > GAP:
            baseline = latest
        elif latest >= topic.last_seq and now - seen < PRECISION:
            return baseline
        values = {"member": member.pk, "topic": topic.pk, "baseline": baseline, "now": now}
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, values | {"latest": max(topic.last_seq, latest or 0)})
        return baseline

    def go_on(self, member, topic, seq: int):
        """Store that an open page has shown everything up to `seq`. The visit and its marks go on."""
        self.filter(member=member, topic=topic, latest_seq__lt=seq).update(
            latest_seq=seq, seen_at=timezone.now()
        )

    def mark_read(self, member, topic, seq: int):
        """Mark everything up to `seq`, the last comment on the member's page, as read."""
        self.filter(member=member, topic=topic, baseline_seq__lt=seq).update(
            baseline_seq=seq, latest_seq=models.functions.Greatest(F("latest_seq"), seq)
        )


class Visit(models.Model):
    """How far a member has read a topic: one row instead of a flag for each comment.

    Comments with `seq > baseline_seq` are new. Lists show `last_seq - latest_seq` new comments.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits", db_index=False
    )
    topic = models.ForeignKey("forums.Topic", models.CASCADE, related_name="visits")
    baseline_seq = models.PositiveIntegerField()
    latest_seq = models.PositiveIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "topic"], name="visit_once")]
