"""Dispatches the outbox: turns events into notifications, and updates the unread counters of open pages.

A batch is one transaction, which also deletes its events. So an event has either been dispatched or still waits, and
a batch that failed can be repeated. A member gets one notification for each `once`, even if an event comes twice.
"""

import structlog
from django.db import transaction
from django.db.models import F

from config.processes import task_queue
from forums.models import Notification, OutboxEvent
from forums.notifications import retraction, schedule, unread
from forums.notifications.recipients import Recipients

BATCH = 50
"""Events."""
TOGETHER = 5_000
"""Notifications in one statement."""
log = structlog.get_logger("folkmoot.news")


def dispatch_events() -> int:
    """Dispatch the events in the outbox, oldest first. Returns how many were dispatched. One query if there is none.

    Ten statements for each batch, whatever the number of recipients, and one for each comment that somebody saw
    before. Stops after a batch that is not full, because a full batch costs hardly more: the events that arrived
    meanwhile wait for the next run. Goes on only for "seen" events, which wait for the event of their comment. An
    event that fails is left in the outbox and holds up no other.
    """
    total = 0
    while True:
        taken, done = _spread_some()
        total += done
        # Events that failed are left for the next run.
        if taken < BATCH and (not taken or done < taken or not OutboxEvent.objects.seen().exists()):
            return total


@transaction.atomic
def _spread_some() -> tuple[int, int]:
    """Dispatch one batch. Returns how many events were taken, and how many of them were dispatched."""
    batch = list(OutboxEvent.objects.take(BATCH))
    if not batch:
        return 0, 0
    try:
        with transaction.atomic():
            _deliver(batch)
        done = batch
    except Exception:
        log.exception("batch failed; its events are dispatched one by one")
        done = [news for news in batch if _is_delivered(news)]
    OutboxEvent.objects.filter(pk__in=[news.pk for news in done]).delete()
    return len(batch), len(done)


def _is_delivered(news) -> bool:
    try:
        with transaction.atomic():
            _deliver([news])
    except Exception:
        log.exception("event not dispatched", event_id=news.pk, kind=news.kind)
        OutboxEvent.objects.filter(pk=news.pk).update(failures=F("failures") + 1)
        return False
    return True


def _deliver(batch):
    audience = Recipients(batch)
    notes = [_note(news, member, kind) for news in batch for member, kind in audience.hearers(news)]
    # All workers insert in the same order. Otherwise two that notify the same members could deadlock.
    notes.sort(key=lambda note: (note.member_id, note.once))
    Notification.objects.bulk_create(notes, batch_size=TOGETHER, ignore_conflicts=True)
    concerned = {note.member_id for note in notes} | retraction.recheck(batch) | _see(batch)
    if concerned:
        unread.tell(concerned)
    for due_at in {note.due_at for note in notes if note.due_at}:
        task_queue.start_on_commit(schedule.MAIL_TASK, at=due_at)


def _see(batch) -> set[int]:
    """Mark as read what members saw before it was dispatched. Returns the members' ids."""
    seen = [news for news in batch if news.kind == OutboxEvent.Kind.COMMENT_SEEN]
    for news in seen:
        Notification.objects.of(news.actor).see(news.topic, [news.comment_id])
    return {news.actor_id for news in seen if news.actor_id}


def _note(news, member, kind):
    told = {name: news.facts.get(name, "") for name in ("words", "address")}
    return Notification(
        member=member,
        kind=kind,
        topic_id=news.topic_id,
        comment_id=news.comment_id,
        actor_id=news.actor_id,
        once=news.facts.get("once") or f"comment {news.comment_id}",
        created_at=news.created_at,
        due_at=schedule.due_at(member, kind, news.created_at),
        **told,
    )
