"""The check of `manage.py doctor` that the site answers for the names of all imported forums."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from config.management.doctor_checks import Finding
from forums.old_addresses import keys

# One row of the index for each host, because DISTINCT would read all of it.
_HOSTS = """
    WITH RECURSIVE hosts AS (
        (SELECT min(host) AS host FROM forums_oldaddress)
        UNION ALL SELECT (SELECT min(host) FROM forums_oldaddress WHERE host > hosts.host)
        FROM hosts WHERE hosts.host IS NOT NULL
    ) SELECT host FROM hosts WHERE host IS NOT NULL"""


def findings() -> Iterator[Finding]:
    """Name each host with imported addresses that is not in OLD_HOSTS. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS)
        found = [host for (host,) in cursor]
    for host in found:
        if host not in (*settings.OLD_HOSTS, keys.host_of(settings.SITE_URL)):
            yield (
                None,
                f"Old addresses of {host} were imported: once its name leads here, add it to OLD_HOSTS.",
            )
