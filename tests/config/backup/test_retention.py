"""Old backups are deleted by a rule such as 7d4w6m, and the newest is always kept."""

from datetime import UTC, datetime, timedelta

import pytest

from config.backup import retention
from config.management.operator_error import OperatorError

START = datetime(2026, 1, 1, 3, tzinfo=UTC)


def made(directory, moments):
    """Makes files with the names of backups. Returns them as `retention.backups` finds them."""
    for moment in moments:
        retention.path_for(directory, moment).touch()
    return retention.backups(directory)


def test_backups_are_found_newest_first_and_other_files_are_not(tmp_path):
    (tmp_path / "folkmoot-mine.tar").touch()
    (tmp_path / "folkmoot-20260101T030000Z.tar.partial").touch()
    found = made(tmp_path, [START, START + timedelta(days=2), START + timedelta(days=1)])
    assert list(found.values()) == [START + timedelta(days=days) for days in (2, 1, 0)]


def test_a_year_of_nights_leaves_the_last_days_weeks_and_months(tmp_path):
    found = made(tmp_path, [START + timedelta(days=day) for day in range(365)])
    deleted = retention.superseded(found, {"d": 7, "w": 4, "m": 6})
    kept = sorted(f"{moment:%m-%d}" for path, moment in found.items() if path not in deleted)
    assert kept == [
        "07-31", "08-31", "09-30", "10-31", "11-30", "12-13", "12-20", "12-25", "12-26", "12-27", "12-28", "12-29",
        "12-30", "12-31",
    ]  # fmt: skip


def test_periods_without_backups_do_not_count(tmp_path):
    found = made(tmp_path, [START, START + timedelta(days=40), START + timedelta(days=200)])
    assert retention.superseded(found, {"d": 2}) == [retention.path_for(tmp_path, START)]


def test_the_newest_is_kept_by_every_rule(tmp_path):
    found = made(tmp_path, [START, START + timedelta(hours=1)])
    assert retention.superseded(found, {"d": 0}) == [retention.path_for(tmp_path, START)]


@pytest.mark.parametrize("words", ["7", "d7", "7d 4w", "7y", "7d4x", "-1d"])
def test_a_rule_that_cannot_be_read_is_refused(words):
    with pytest.raises(OperatorError, match="write for example 7d4w6m"):
        retention.parse(words)


def test_a_rule_is_read():
    assert retention.parse("7d4w6m") == {"d": 7, "w": 4, "m": 6}
