"""Periodic tasks of the site itself (CELERY_BEAT_SCHEDULE)."""

from pathlib import Path

import structlog
from celery import shared_task
from django.conf import settings

from config.backup import run

log = structlog.get_logger("folkmoot.backup")


@shared_task(time_limit=86_400)
def back_up():
    """Write a backup into BACKUP_DIRECTORY and delete those that BACKUP_KEEP does not keep."""
    path, deleted = run.into_directory(Path(settings.BACKUP_DIRECTORY), settings.BACKUP_KEEP)
    log.info("backup written", path=str(path), bytes=path.stat().st_size, deleted=len(deleted))
