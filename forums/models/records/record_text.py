from secrets import token_hex

from django.conf import settings
from django.db import models

from forums.models.records import canonical


class RecordText(models.Model):
    """A text or a name in a record, which can be removed. The record itself has only its hash, made with a random salt.

    Without text and salt nobody can find out the text by trying. Texts of a `comment` are removed when its author
    deletes it, and shown only to those who may read it. The name of a `member` is removed when they leave.
    """

    record = models.ForeignKey("forums.Record", models.PROTECT, related_name="texts", db_index=False)
    hash = models.CharField(max_length=64)
    salt = models.CharField(max_length=32)
    text = models.TextField()
    comment = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="record_texts")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="record_texts"
    )

    class Meta:
        verbose_name = "text in a record"
        verbose_name_plural = "texts in records"
        constraints = [models.UniqueConstraint(fields=["record", "hash"], name="record_text_once")]

    @classmethod
    def of(cls, record_id: int, text: str, **about) -> "RecordText":
        """A text with a new salt, not stored yet."""
        salt = token_hex(16)
        return cls(record_id=record_id, salt=salt, text=text, hash=canonical.text_hash(salt, text), **about)
