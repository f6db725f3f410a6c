from uuid import uuid4

from django.conf import settings
from django.db import models


class Voter(models.Model):
    """That a member has voted in a secret poll, and nothing else; the database allows no second.

    No time and a random key: both would order the voters, and the ballots lie in some order too.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="voters", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="secret_votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="voter_once")]
