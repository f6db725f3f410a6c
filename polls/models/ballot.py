from django.conf import settings
from django.db import models


class Ballot(models.Model):
    """A member's ballot in a public poll. A unique constraint allows one per poll and member.

    `token` identifies the form that was sent last, so that a double click or a retry is recognised
    (polls/ballots/ballot_store.py).
    """

    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="ballots", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ballots")
    marks = models.JSONField(help_text="The ballot as polls.tally defines it, with lists for tuples.")
    token = models.UUIDField()
    cast_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "public ballot"
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="ballot_once")]
