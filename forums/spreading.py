"""From the outbox to those who hear of it: news becomes notifications, and open tabs are told.

All of a batch happens in one transaction, the deletion of its news included. So each piece of news has been spread
once or still waits; and whoever was told already, by the same news in another form, is not told again (`once`).
"""

import structlog
from django.db import transaction
from django.db.models import F

from forums import bell, withdrawal
from forums.hearing import Audience
from forums.letters import when
from forums.models import News, Notification

BATCH = 50
"""News at a time."""
TOGETHER = 5_000
"""Notifications in one statement."""
log = structlog.get_logger("folkmoot.news")


def spread() -> int:
    """Spread what waits, oldest first. Returns how much it was. What comes meanwhile is left for the next time, for a
    batch costs hardly more when it is full; but that a comment was seen can be spread after the comment only.

    Ten statements a batch, however many hear of it, and one for each comment that somebody saw before. News that
    cannot be spread is set aside and keeps no other back.
    """
    total = 0
    while True:
        taken, done = _spread_some()
        total += done
        # What failed is tried again another time.
        if taken < BATCH and (not taken or done < taken or not News.objects.seen().exists()):
            return total


@transaction.atomic
def _spread_some() -> tuple[int, int]:
    """How much was taken up, and how much of it is spread."""
    batch = list(News.objects.take(BATCH))
    if not batch:
        return 0, 0
    try:
        with transaction.atomic():
            _deliver(batch)
        done = batch
    except Exception:
        log.exception("batch of news not spread at once")
        done = [news for news in batch if _is_delivered(news)]
    News.objects.filter(pk__in=[news.pk for news in done]).delete()
    return len(batch), len(done)


def _is_delivered(news) -> bool:
    try:
        with transaction.atomic():
            _deliver([news])
    except Exception:
        log.exception("news not spread", news=news.pk, kind=news.kind)
        News.objects.filter(pk=news.pk).update(failures=F("failures") + 1)
        return False
    return True


def _deliver(batch):
    audience = Audience(batch)
    notes = [_note(news, member, kind) for news in batch for member, kind in audience.hearers(news)]
    # In one order for all workers, so that two who tell the same members wait and do not block each other.
    notes.sort(key=lambda note: (note.member_id, note.once))
    Notification.objects.bulk_create(notes, batch_size=TOGETHER, ignore_conflicts=True)
    concerned = {note.member_id for note in notes} | withdrawal.look_again(batch) | _see(batch)
    if concerned:
        bell.tell(concerned)


def _see(batch) -> set[int]:
    """What some had seen before the news of it was spread is read. Returns whose."""
    seen = [news for news in batch if news.kind == News.Kind.COMMENT_SEEN]
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
        due_at=when.due_at(member, kind, news.created_at),
        **told,
    )
