"""Reports the age of the newest backup to `doctor` and to Prometheus."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, Metric

from config.backup import retention
from config.management.doctor_checks import Finding

LATE = 2
"""A backup is late after so many of its intervals."""


def of_newest() -> timedelta | None:
    """The age of the newest backup in BACKUP_DIRECTORY. None if there is none."""
    return retention.age(Path(settings.BACKUP_DIRECTORY), datetime.now(UTC))


def findings() -> Iterator[Finding]:
    if not settings.BACKUP_DIRECTORY:
        yield None, "No backups are written: name a directory on another disk in BACKUP_DIRECTORY"
        return
    age, interval = of_newest(), timedelta(hours=settings.BACKUP_HOURS)
    if age is None:
        yield (
            False,
            f"{settings.BACKUP_DIRECTORY} has no backup: run `manage.py backup {settings.BACKUP_DIRECTORY}`.",
        )
    elif age > LATE * interval:
        yield (
            False,
            f"The newest backup is {age.total_seconds() / 3600:.0f} hours old: look for errors of the task "
            "`config.tasks.back_up` in the log.",
        )
    else:
        yield True, f"The newest backup is {age.total_seconds() / 3600:.0f} hours old"


class BackupMetrics:
    """Exports the age of the newest backup in seconds. Nothing without BACKUP_DIRECTORY or without a backup."""

    def collect(self) -> Iterator[Metric]:
        if settings.BACKUP_DIRECTORY and (age := of_newest()) is not None:
            yield GaugeMetricFamily(
                "folkmoot_backup_age_seconds", "Age of the newest backup.", value=age.total_seconds()
            )
