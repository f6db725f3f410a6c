"""The scheduled task writes backups and prunes them; `doctor` and the metrics report the age of the newest."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from config.backup import age, retention
from config.tasks import back_up

NIGHT = timedelta(days=1)


@pytest.fixture
def directory(settings, tmp_path):
    settings.BACKUP_DIRECTORY = str(tmp_path / "backups")
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def made(directory, ago):
    path = retention.path_for(directory, datetime.now(UTC) - ago)
    path.touch()
    return path


@pytest.mark.django_db(transaction=True)
def test_the_task_writes_a_backup_and_deletes_what_the_rule_does_not_keep(directory, settings):
    settings.BACKUP_KEEP = "2d"
    old, older = made(directory, 1 * NIGHT), made(directory, 2 * NIGHT)
    back_up()
    found = list(retention.backups(directory))
    assert (len(found), found[1], older.exists()) == (2, old, False)
    assert found[0].stat().st_size > 10_000
    assert list(age.findings()) == [(True, "The newest backup is 0 hours old")]


def test_without_a_directory_doctor_warns(settings):
    settings.BACKUP_DIRECTORY = ""
    assert list(age.findings()) == [
        (None, "No backups are written: name a directory on another disk in BACKUP_DIRECTORY")
    ]


def test_a_missing_or_late_backup_is_wrong(directory):
    assert list(age.findings()) == [
        (False, f"{directory} has no backup: run `manage.py backup {directory}`.")
    ]
    made(directory, 3 * NIGHT)
    assert list(age.findings()) == [
        (
            False,
            "The newest backup is 72 hours old: look for errors of the task `config.tasks.back_up` in the log.",
        )
    ]


def test_prometheus_reads_the_age(directory):
    registry = CollectorRegistry()
    registry.register(age.BackupMetrics())
    assert registry.get_sample_value("folkmoot_backup_age_seconds") is None
    made(directory, NIGHT)
    assert registry.get_sample_value("folkmoot_backup_age_seconds") == pytest.approx(86_400, abs=5)
