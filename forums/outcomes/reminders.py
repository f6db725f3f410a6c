"""Reminds members once of an outcome whose review date has come."""

from django.db import transaction

from config.engines import clock
from forums.models import Outcome
from forums.models.notifications import outbox


def remind_due() -> int:
    """Remind the members concerned of each outcome that is to be reviewed. Returns the number of outcomes.

    The reminder is written in the transaction that notes it, so a crash loses none and repeats none.
    """
    due = list(Outcome.objects.to_remind().order_by("review_on", "pk").values_list("pk", flat=True))
    return sum(_remind(pk) for pk in due)


@transaction.atomic
def _remind(pk) -> bool:
    outcome = Outcome.objects.to_remind().filter(pk=pk).select_for_update(of=["self"]).for_list().first()
    if outcome is None:
        return False  # it was changed or withdrawn meanwhile, or another worker was first
    Outcome.objects.filter(pk=pk).update(reminded_at=clock.now())
    outbox.notify(
        {pk for pk in (outcome.decided_by_id, outcome.carrier_id) if pk},
        kind="reminded",
        once=f"outcome {pk} review {outcome.review_on:%Y%m%d}",
        words=f"This decision is to be reviewed now: {outcome.about}",
        address=outcome.get_absolute_url(),
        topic=outcome.topic,
    )
    return True
