from uuid import uuid4

from django.db import models


class SecretBallot(models.Model):
    """A ballot in a secret poll, without voter and without time.

    `receipt` is published when the poll has closed. It is the hash of a key that only the voter has
    (polls/ballots/receipts.py). Ballots of imported elections are stored here too.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="secret_ballots", db_index=False)
    receipt = models.CharField(max_length=40)
    marks = models.JSONField(help_text="The ballot as polls.tally defines it, with lists for tuples.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "receipt"], name="receipt_once")]
