"""Times from Postgres are read like Django reads them, in UTC."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from psycopg.pq import Format

from config.engines.postgresql.times import TimeLoader

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Berlin"])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 30, 4, 55, 31, tzinfo=UTC),
        datetime(2026, 6, 1, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 6, 1, 1, 2, 3, 120_000, tzinfo=UTC),
        datetime(1850, 1, 1, tzinfo=UTC),  # Berlin was 53 minutes and 28 seconds ahead
        datetime(9998, 1, 1, tzinfo=UTC),
    ],
)
def test_a_time_stays_the_same_in_every_zone_of_the_connection(at, zone):
    with connection.cursor() as cursor:
        oid = cursor.connection.adapters.types["timestamptz"].oid
        assert cursor.connection.adapters.get_loader(oid, Format.TEXT) is TimeLoader
        cursor.execute("SELECT set_config('TimeZone', %s, true), %s::timestamptz", [zone, at])
        _, read = cursor.fetchone()
    assert (read, read.tzinfo) == (at, UTC)


def test_a_time_that_python_does_not_have_is_an_error_as_before():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError, match="infinity"):
            cursor.fetchone()
