from django.db import connection, models
from django.utils import timezone

from forums.models.records import canonical

FIRST = "0" * 64
"""The previous hash of the first record."""


class RecordQuerySet(models.QuerySet["Record"]):
    def lock_chain(self) -> "Record | None":
        """Lock the chain until the transaction ends, and return its last record. Two statements.

        Readers do not wait. Nobody else can append meanwhile.
        """
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE forums_record IN SHARE ROW EXCLUSIVE MODE")
        return self.links().last()

    def append(self, last: "Record | None", *, content: str, **about) -> "Record":
        """Append a record to the chain, which the caller has locked. `content` is canonical JSON. One statement."""
        record = Record(
            seq=last.seq + 1 if last else 1,
            previous=last.hash if last else FIRST,
            content_hash=canonical.content_hash(content),
            content=content,
            made_at=timezone.now(),
            **about,
        )
        record.hash = canonical.link_hash(**record.signed)
        record.save(force_insert=True)
        return record

    def links(self):
        """Leave out the content, and begin with the first record."""
        return self.defer("content").order_by("seq")


class Record(models.Model):
    """A link in the chain of hashes: what is kept of an ended poll or debate, or of its outcome.

    A database trigger refuses to change or delete it. `content` has the hashes of texts; the texts themselves are in
    `RecordText`, so that they can be removed. `address` is the path of the page that it is about.
    """

    class Kind(models.TextChoices):
        POLL = "poll", "poll"
        DEBATE = "debate", "debate"
        OUTCOME = "outcome", "outcome"

    seq = models.PositiveIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.BigIntegerField(help_text="The id of what it records.")
    topic = models.ForeignKey("forums.Topic", models.PROTECT, related_name="records")
    address = models.CharField(max_length=100, db_index=True)
    made_at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    content = models.TextField(help_text="Canonical JSON (forums/models/records/canonical.py).")

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="record_once")]

    def __str__(self):
        return f"Record {self.seq}"

    def get_absolute_url(self):
        return f"/records/{self.seq}/"

    @property
    def signed(self) -> dict:
        """Return what its hash covers."""
        return {
            "seq": self.seq,
            "previous": self.previous,
            "made_at": self.made_at.isoformat(),
            "content": self.content_hash,
        }

    @property
    def link(self) -> dict:
        """Return its place in the chain, which is public."""
        return self.signed | {"hash": self.hash}
