"""Dispatches the outbox: turns events into notifications, and updates the unread counters of open pages.

A batch is one transaction, which also deletes its events. So an event has either been dispatched or still waits, and
a batch that failed can be repeated. A member gets one notification for each `once`, even if an event comes twice.
"""

import structlog
from django.db import transaction
from django.db.models import F

from config.monitoring import attempts, tracing
from config.processes import task_queue
from forums.models import Notification, OutboxEvent
from forums.models.notifications.outbox_event import MOST_FAILURES
from forums.notifications import retraction, schedule, unread
from forums.notifications.recipients import Recipients

QUEUE = "outbox"
BATCH = 200
"""Events."""
INSERT_BATCH = 5_000
"""Notifications in one statement."""
log = structlog.get_logger("folkmoot.notifications")


def dispatch_events() -> int:
    """Dispatch the events in the outbox, oldest first. Returns how many were dispatched. One query if there is none.

    Ten statements for each batch, whatever the number of recipients, and one for each comment that somebody saw
    before. Stops after a batch that is not full, because a full batch costs hardly more: the events that arrived
    meanwhile wait for the next run. Goes on only for "seen" events, which wait for the event of their comment, and for
    suspects. An event that fails is left in the outbox and holds up no other.
    """
    total, suspect_first = 0, False
    while True:
        taken, done, suspects = _dispatch_batch(suspect_first)
        total, suspect_first = total + done, not suspect_first
        # Events that failed are left for the next run.
        if (
            not suspects
            and taken < BATCH
            and (not taken or done < taken or not OutboxEvent.objects.seen().exists())
        ):
            return total


@transaction.atomic
def _dispatch_batch(suspect_first: bool) -> tuple[int, int, int]:
    """Dispatch one batch. Returns how many events were taken, how many of them were dispatched, and how many suspects
    are left.

    An event whose batch ended with its worker is a suspect. Each suspect is dispatched alone, so that only the one that
    kills the worker is given up. Without `suspect_first`, the other events are dispatched before.
    """
    batch = list(OutboxEvent.objects.take(BATCH))
    if not batch:
        return 0, 0, 0
    ended = attempts.ended_workers(QUEUE, [event.pk for event in batch])
    suspects = [event for event in batch if event.pk in ended]
    others = [event for event in batch if event.pk not in ended]
    batch = others if others and not (suspect_first and suspects) else [suspects.pop(0)]
    if ended.get(batch[0].pk, 0) >= attempts.MOST:
        _give_up(batch[0])
        return 1, 0, len(suspects)
    with attempts.attempt(QUEUE, [event.pk for event in batch]):
        done = _dispatch(batch)
    return len(batch), done, len(suspects)


def _dispatch(batch) -> int:
    try:
        with transaction.atomic(), _trace(batch):
            _deliver(batch)
        done = batch
    except Exception:
        log.exception("batch failed; its events are dispatched one by one")
        done = [event for event in batch if _is_delivered(event)]
    OutboxEvent.objects.filter(pk__in=[event.pk for event in done]).delete()
    return len(done)


def _give_up(event):
    log.error("event given up, because its workers ended", event_id=event.pk, kind=event.kind)
    OutboxEvent.objects.filter(pk=event.pk).update(failures=MOST_FAILURES)
    attempts.forget(QUEUE, [event.pk])


def _is_delivered(event) -> bool:
    try:
        with transaction.atomic():
            _deliver([event])
    except Exception:
        log.exception("event not dispatched", event_id=event.pk, kind=event.kind)
        OutboxEvent.objects.filter(pk=event.pk).update(failures=F("failures") + 1)
        return False
    return True


def _trace(batch):
    """A span in the trace of the first event, linked to those of the others."""
    traces = [event.facts["trace"] for event in batch if "trace" in event.facts]
    return tracing.span("dispatch events", traces, events=len(batch))


def _deliver(batch):
    recipients = Recipients(batch)
    notifications = [_notification(event, *each) for event in batch for each in recipients.of(event)]
    # All workers insert in the same order. Otherwise two that notify the same members could deadlock.
    notifications.sort(key=lambda each: (each.member_id, each.once))
    Notification.objects.bulk_create(notifications, batch_size=INSERT_BATCH, ignore_conflicts=True)
    members = {each.member_id for each in notifications}
    concerned = members | retraction.recheck(batch) | _mark_seen(batch)
    if concerned:
        unread.publish(concerned)
    # Nearly each has a time of its own, but one task mails all of an interval. The latest time stands for it.
    due = sorted(each.due_at for each in notifications if each.due_at)
    for due_at in {task_queue.interval_end(at): at for at in due}.values():
        task_queue.start_on_commit(schedule.MAIL_TASK, at=due_at)


def _mark_seen(batch) -> set[int]:
    """Mark as read what members saw before it was dispatched. Returns the members' ids."""
    seen = [event for event in batch if event.kind == OutboxEvent.Kind.COMMENT_SEEN]
    for event in seen:
        Notification.objects.of(event.actor).see(event.topic, [event.comment_id])
    return {event.actor_id for event in seen if event.actor_id}


def _notification(event, member, kind):
    texts = {name: event.facts.get(name, "") for name in ("words", "address")}
    return Notification(
        member=member,
        kind=kind,
        topic_id=event.topic_id,
        comment_id=event.comment_id,
        actor_id=event.actor_id,
        once=event.facts.get("once") or f"comment {event.comment_id}",
        created_at=event.created_at,
        due_at=schedule.due_at(member, kind, event.created_at),
        **texts,
    )
