"""Clients for a Redis URL, which may name Sentinels: `redis+sentinel://:password@host:26379,host:26379/service/0`.

The password is that of Redis. Add `?sentinel_password=…` if the Sentinels have one, too.
"""

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import redis
import redis.asyncio
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from config.management.operator_error import OperatorError

SCHEME = "redis+sentinel"
PORT = 26379
SECONDS = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
"""Timeouts of the Sentinels. One that is away costs each new connection so much, and then the next one is asked."""


class SentinelAddress(NamedTuple):
    """What a Sentinel URL says."""

    sentinels: list[tuple[str, int]]
    service: str
    database: int
    credentials: dict[str, str]
    """Username and password of Redis, as far as the URL has them."""
    sentinel_options: dict[str, str]
    """The password of the Sentinels, if the URL has one."""


def normalize(url: str) -> str:
    """Write a Sentinel URL with `;` between its hosts: django-redis takes a comma for a list of servers.

    Raises OperatorError for a Redis Cluster, and for a Sentinel URL that makes no sense.
    """
    if "cluster" in urlsplit(url).scheme:
        raise OperatorError(
            f"{urlsplit(url).scheme}:// names a Redis Cluster, which Folkmoot does not use: name one server, or "
            "Sentinels (redis+sentinel://host:26379,host:26379/service/0)."
        )
    if not is_sentinel(url):
        return url
    head, _, path = url.partition("://")[2].partition("/")
    url = f"{SCHEME}://{head.replace(',', ';')}/{path}"
    parse(url)
    return url


def is_sentinel(url: str) -> bool:
    return url.startswith(f"{SCHEME}://")


def parse(url: str) -> SentinelAddress:
    """Read a normalized Sentinel URL. Raises OperatorError."""
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    username, _, password = map(unquote, user.partition(":"))
    service, _, database = parts.path.strip("/").partition("/")
    try:
        sentinels = [
            (found.hostname, found.port or PORT)
            for found in (urlsplit(f"//{host}") for host in hosts.split(";"))
            if found.hostname
        ]
        database = int(database or 0)
    except ValueError:
        sentinels = []
    if not sentinels or not service:
        raise OperatorError(
            f"A Sentinel URL cannot be read: write {SCHEME}://host:{PORT},host:{PORT}/service/0, with the name of the "
            "service and the number of the database."
        )
    own = parse_qs(parts.query).get("sentinel_password", [])
    credentials = {"username": username, "password": password}
    return SentinelAddress(
        sentinels,
        service,
        database,
        {name: value for name, value in credentials.items() if value},
        {"password": own[0]} if own else {},
    )


def database(url: str) -> int:
    """The number of the database. Raises ValueError if this is no URL of a Redis."""
    return parse(url).database if is_sentinel(url) else parse_url(url).get("db", 0)


def client(url: str, **options) -> redis.Redis:
    """A client without retries. `options` are those of redis-py."""
    if not is_sentinel(url):
        return redis.Redis.from_url(url, retry=None, **options)
    return redis.Redis.from_pool(sentinel_pool(url, SentinelConnectionPool, **options))


def async_client(url: str, **options) -> redis.asyncio.Redis:
    """A client for one task, which closes its connections with `async with`."""
    if not is_sentinel(url):
        return redis.asyncio.Redis.from_url(url, **options)
    found = parse(url)
    sentinel = AsyncSentinel(found.sentinels, sentinel_kwargs=SECONDS | found.sentinel_options)
    return sentinel.master_for(found.service, db=found.database, **found.credentials, **options)


def sentinel_pool(url: str, pool: type[SentinelConnectionPool], **options) -> SentinelConnectionPool:
    """A pool of connections to the current master. Connections to the one before it are closed when they are used."""
    found, once = parse(url), {"retry": Retry(NoBackoff(), 0)}
    sentinel = Sentinel(found.sentinels, sentinel_kwargs=SECONDS | once | found.sentinel_options)
    return pool(found.service, sentinel, db=found.database, **found.credentials, **once | options)
