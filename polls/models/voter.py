from uuid import uuid4

from django.conf import settings
from django.db import models


class Voter(models.Model):
    """Records that a member has voted in a secret poll. A unique constraint allows one per poll and member.

    It has no time, and its id is random. A time or a sequence would order the voters, and an order could be compared
    with that of the ballots.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="voters", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="secret_votes")

    class Meta:
        verbose_name = "voter in a secret poll"
        verbose_name_plural = "voters in secret polls"
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="voter_once")]
