"""Writes the records of what has ended."""

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from config.caching import cache_tags
from config.monitoring import attempts
from forums.models import PendingRecord, Record, RecordText
from forums.models.records.canonical import canonical
from forums.records import head
from forums.records.kinds import KINDS
from forums.records.sealing import Sealing

FORMAT = "folkmoot record 1"
log = structlog.get_logger("folkmoot.records")


def write_due() -> int:
    """Write what waits to be recorded. Returns how many. One that fails does not keep the others from being written."""
    written, last = 0, Record.objects.links().last()
    if last is not None:
        _remove_deleted(last)  # the run that wrote it may have died before
    for pending in PendingRecord.objects.all():
        if attempts.is_deadly("record", pending.pk):  # it is tried again when its count has expired
            log.error("record not written, because its workers ended", record=str(pending))
            continue
        try:
            with attempts.attempt("record", [pending.pk]):
                if record := write(pending):
                    _remove_deleted(record)
                    written, last = written + 1, record
        except Exception:
            log.exception("record not written", record=str(pending))
    if last is not None:
        head.publish(last)
    return written


@transaction.atomic
def write(pending: PendingRecord) -> Record | None:
    """Write one record. Returns None if another task has written it meanwhile.

    The chain stays locked until the end, so only one record is written at a time. Memory holds the hashes of the texts,
    not the texts.
    """
    last = Record.objects.lock_chain()
    if not PendingRecord.objects.filter(pk=pending.pk).exists():
        return None
    sealing = Sealing(last.seq + 1 if last else 1)
    about = {"format": FORMAT, "kind": pending.kind, "site": settings.SITE_URL, "address": pending.address}
    content = canonical(about | KINDS[pending.kind].build(pending.number, sealing))
    sealing.flush()
    named = {name: getattr(pending, name) for name in ("kind", "number", "topic_id", "address")}
    record = Record.objects.append(last, content=content, **named)
    pending.delete()
    cache_tags.invalidate(cache_tags.RECORDS)
    return record


def _remove_deleted(record):
    """Remove texts that were deleted while the record was written. Their deletion could not see them. One query."""
    is_gone = Q(comment__deleted_at__isnull=False) | Q(member__deleted_at__isnull=False)
    RecordText.objects.filter(is_gone, record=record).delete()
