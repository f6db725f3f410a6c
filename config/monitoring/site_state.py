"""The state of the machine and of the engines, read at each request for /metrics."""

import platform
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache

import django
import redis
from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily, Metric

from config.management import places
from config.redis import clients

CONNECTIONS = """
    SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""
CLIENT_SECONDS = 1
"""How long a Redis may take to answer."""


class SiteState:
    """Versions, connections, and free space on the disk of the data directory. Two queries.

    An engine that does not answer counts as down, and its other figures are missing.
    """

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("folkmoot_engine_up", "Whether an engine answers.", labels=["engine"])
        clients = GaugeMetricFamily(
            "folkmoot_connections", "Connections to an engine.", labels=["engine", "state"]
        )
        most = GaugeMetricFamily(
            "folkmoot_connections_most", "Connections that an engine allows.", labels=["engine"]
        )
        versions = {
            "folkmoot": version(),
            "python": platform.python_version(),
            "django": django.get_version(),
        }
        for engine, read in (("postgres", _postgres), ("redis", _redis), ("redis cache", _redis_cache)):
            state = read()
            up.add_metric([engine], state is not None)
            if state is None:
                continue
            versions[engine], connections, limit = state
            if limit:
                most.add_metric([engine], limit)
            for name, count in connections.items():
                clients.add_metric([engine, name], count)
        info = GaugeMetricFamily(
            "folkmoot_version", "Versions, as labels; always 1.", labels=["part", "version"]
        )
        for part, number in versions.items():
            info.add_metric([part, number], 1)
        disk = shutil.disk_usage(places.nearest(settings.DATA_DIR))
        yield from (up, clients, most, info)
        yield GaugeMetricFamily("folkmoot_disk_free_bytes", "Free space for the data.", value=disk.free)
        yield GaugeMetricFamily("folkmoot_disk_bytes", "Size of the disk with the data.", value=disk.total)


@cache
def version() -> str:
    """The version of Folkmoot in pyproject.toml."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["version"]


def _postgres():
    try:
        with connection.cursor() as cursor:
            cursor.execute(CONNECTIONS)
            states = dict(cursor.fetchall())
            cursor.execute(
                "SELECT current_setting('server_version'), current_setting('max_connections')::int"
            )
            number, limit = cursor.fetchone()
    except DatabaseError:
        return None
    return number.split()[0], states, limit


def _redis():
    return _redis_at(settings.CACHES["default"]["LOCATION"])


def _redis_cache():
    return _redis_at(settings.CACHES["evictable"]["LOCATION"])


def _redis_at(url):
    timeouts = {"socket_timeout": CLIENT_SECONDS, "socket_connect_timeout": CLIENT_SECONDS}
    try:
        with clients.client(url, **timeouts) as client:
            info = client.info()
    except redis.RedisError:
        return None
    return info["redis_version"], {"connected": info["connected_clients"]}, info.get("maxclients", 0)
