"""Adds a member's polls and ballots to the export of their data.

Deleting an account removes no ballot. The name beside a public ballot becomes "deleted member".
"""

from django.db.models import F

from accounts.profiles import export
from polls.models import Elector


def register() -> None:
    export.register("polls", lambda user: user.polls.values("pk", "question", "created_at"))
    export.register("ballots", _ballots)
    export.register("secret_ballots", _secret)
    export.register("rolls", lambda user: Elector.objects.filter(member=user).values(on_roll_of=F("poll_id")))


def _ballots(user):
    return user.ballots.values("marks", "cast_at", "changed_at", in_poll=F("poll_id")).iterator()


def _secret(user):
    # Only that they voted: nothing links a secret ballot to its voter.
    return user.secret_votes.values(voted_in=F("poll_id"))
