from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

GAP = timedelta(minutes=30)
"""A view after a longer pause than this begins a new visit."""
PRECISION = timedelta(minutes=1)
"""How far `seen_at` may lag behind, so that reading on writes one row a minute at most."""

# In SQL, as others wait for the topic's row meanwhile: Django would take four times as long to say it.
_KEEP_UP = """
    UPDATE forums_visit SET latest_seq = %(seq)s
    WHERE member_id = %(member)s AND topic_id = %(topic)s AND latest_seq = %(seq)s - 1
"""


class VisitQuerySet(models.QuerySet):
    def begin(self, member, topic):
        """`member` has just opened `topic`: all there is, is theirs."""
        self.create(member=member, topic=topic, baseline_seq=topic.last_seq, latest_seq=topic.last_seq)

    def keep_up(self, member, topic, seq: int):
        """Their own comment `seq` is not news to `member`, unless they have yet to see what came before
        it."""
        with connection.cursor() as cursor:
            cursor.execute(_KEEP_UP, {"member": member.pk, "topic": topic.pk, "seq": seq})

    def note(self, member, topic) -> int:
        """`member` looks at `topic`, fetched with `with_visit_of`. Returns the baseline: what is above it is
        new.

        A look within the same visit leaves the baseline alone, so that a reload keeps the marks; a new visit
        moves it to what
        had been there last time; on the first visit nothing is marked. No statement unless something changed.
        """
        now = timezone.now()
        baseline, latest, seen = topic.visit_baseline, topic.visit_latest, topic.visit_seen_at
        if seen is None:
            baseline = topic.last_seq
        elif now - seen > GAP:
            baseline = latest
        elif latest >= topic.last_seq and now - seen < PRECISION:
            return baseline
        visit = self.model(
            member=member,
            topic=topic,
            baseline_seq=baseline,
            latest_seq=max(topic.last_seq, latest or 0),
            seen_at=now,
        )
        self.bulk_create(
            [visit],
            update_conflicts=True,
            unique_fields=["member", "topic"],
            update_fields=["baseline_seq", "latest_seq", "seen_at"],
        )
        return baseline

    def go_on(self, member, topic, seq: int):
        """An open page has shown `member` everything up to `seq`: the visit goes on, and keeps its marks."""
        self.filter(member=member, topic=topic, latest_seq__lt=seq).update(
            latest_seq=seq, seen_at=timezone.now()
        )

    def mark_read(self, member, topic, seq: int):
        """Everything up to `seq`, which is what their page showed, is read."""
        self.filter(member=member, topic=topic, baseline_seq__lt=seq).update(
            baseline_seq=seq, latest_seq=models.functions.Greatest(F("latest_seq"), seq)
        )


class Visit(models.Model):
    """What a member has seen of a topic: one row for all its comments instead of a flag for each.

    New = `seq > baseline_seq`. In lists, `last_seq - latest_seq` came since they last looked.
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
