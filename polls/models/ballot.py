from django.conf import settings
from django.db import models


class Ballot(models.Model):
    """What one member said in a public poll; the database allows no second.

    `token` names the form that was sent last, by which a double click or a retry is known (polls/box.py).
    """

    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="ballots", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ballots")
    marks = models.JSONField(help_text="In the shape of polls.tally, tuples as lists.")
    token = models.UUIDField()
    cast_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="ballot_once")]
