from uuid import uuid4

from django.db import models


class SecretBallot(models.Model):
    """What somebody said in a secret poll: never who, never when.

    `receipt` is published when the poll has closed; the key from which it comes (polls/receipts.py) is only
    ever in the voter's hands. Ballots of imported elections lie here too.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="secret_ballots", db_index=False)
    receipt = models.CharField(max_length=40)
    marks = models.JSONField(help_text="In the shape of polls.tally, tuples as lists.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "receipt"], name="receipt_once")]
