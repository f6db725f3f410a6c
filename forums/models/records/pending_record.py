from django.db import models
from django.utils import timezone

from config.processes import task_queue
from forums.models.records.record import Record

RECORD_TASK = "forums.tasks.write_records"
"""The task that writes what waits to be recorded."""


class PendingRecord(models.Model):
    """Names something that has ended or was decided and is not recorded yet. Written in the same transaction.

    A task turns it into a record and deletes it in one transaction. So there is exactly one record, whatever crashes.
    """

    kind = models.CharField(max_length=8, choices=Record.Kind)
    number = models.BigIntegerField()
    topic = models.ForeignKey("forums.Topic", models.CASCADE, related_name="+")
    address = models.CharField(max_length=100)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="pending_record_once")]

    def __str__(self):
        return f"{self.kind} {self.number}"

    @classmethod
    def add(cls, kind: str, number: int, *, topic, address: str) -> None:
        """Ask for a record of what has just ended or was decided. One statement."""
        cls.objects.create(kind=kind, number=number, topic=topic, address=address)
        task_queue.start_on_commit(RECORD_TASK)
