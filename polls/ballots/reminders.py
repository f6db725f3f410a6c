"""Reminds members once that a poll closes soon in which they have not voted."""

from datetime import timedelta

from django.db import transaction

from config.engines import clock
from forums.models.notifications import outbox
from forums.notifications.preferences import watchers
from polls.ballots import voting
from polls.models import Poll
from polls.models.elector import roll

SOON = timedelta(days=1)
"""How long before the end, at most; a poll of less than four days reminds in its last quarter."""


def remind_due() -> int:
    """Remind the members of each poll that closes soon. Returns the number of polls."""
    now = clock.now()
    soon = Poll.objects.running().filter(reminded_at=None, closes_at__gt=now, closes_at__lte=now + SOON)
    due = [poll for poll in soon if now >= poll.closes_at - min(SOON, (poll.closes_at - poll.opens_at) / 4)]
    for poll in due:
        _remind(poll.pk)
    return len(due)


@transaction.atomic
def _remind(pk):
    """Notify members on a stored roll and those who watch the topic, if they may vote and have not."""
    locked = Poll.objects.select_for_update(of=["self"]).select_related("topic__category__parent")
    poll = locked.get(pk=pk)
    if poll.reminded_at is not None or not poll.is_open:
        return
    Poll.objects.filter(pk=pk).update(reminded_at=clock.now())
    concerned = watchers(poll.topic) | set(poll.electors.values_list("member_id", flat=True))
    entitled = list(roll(poll).filter(pk__in=concerned).values_list("pk", flat=True))
    voted = {member for _, member in voting.voters([poll], entitled)}
    closes = f"{poll.closes_at:%-d %B, %H:%M} UTC"
    outbox.notify(
        [member for member in entitled if member not in voted],
        kind="reminded",
        once=f"poll {poll.pk} closes {poll.closes_at:%Y%m%d%H%M}",
        words=f"You have not voted yet. The poll closes on {closes}: {poll.question}",
        address=poll.get_absolute_url(),
        topic=poll.topic,
    )
