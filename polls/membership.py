"""What accounts is told about a member's ballots: for their export. Leaving the site takes none out of a
poll; the name beside a public one becomes "deleted member"."""

from django.db.models import F

from accounts import export


def register() -> None:
    export.register("polls", lambda user: user.polls.values("pk", "question", "created_at"))
    export.register("ballots", _ballots)
    export.register("secret_ballots", _secret)


def _ballots(user):
    return user.ballots.values("marks", "cast_at", "changed_at", in_poll=F("poll_id")).iterator()


def _secret(user):
    # What was voted is not known to be theirs; that is what secret means.
    return user.secret_votes.values(voted_in=F("poll_id"))
