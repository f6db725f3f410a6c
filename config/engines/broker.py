"""The Celery broker: its address, and a check that it keeps jobs."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import kombu
import redis
from django.conf import settings

from config.management.doctor_checks import Finding
from config.management.operator_error import OperatorError, first_line
from config.redis import clients

DATABASE = 1


def address(redis_url: str, database: int | None = None) -> str:
    """Name one database of the Redis at `redis_url` in Celery's notation.

    By default database 1, or 0 where the cache uses 1: clearing the cache must not drop jobs.
    Raises OperatorError if `redis_url` makes no sense.
    """
    try:
        cache = clients.database(redis_url)
    except ValueError as error:
        raise OperatorError(f"REDIS_URL cannot be read ({error}): correct it.") from None
    if database is None:
        database = DATABASE if cache != DATABASE else 0
    if clients.is_sentinel(redis_url):
        return _sentinels(redis_url, database)
    parts = urlsplit(redis_url)
    options = [(name, value) for name, value in parse_qsl(parts.query) if name != "db"]
    if parts.scheme == "unix":
        options.append(("virtual_host", str(database)))
        return f"redis+socket://{parts.netloc}{parts.path}?{urlencode(options)}"
    return urlunsplit(parts._replace(path=f"/{database}", query=urlencode(options)))


def named(url: str) -> str:
    """The URL in CELERY_BROKER_URL in Celery's notation: only that of Sentinels differs."""
    return _sentinels(url, clients.database(url)) if clients.is_sentinel(url) else url


def options(url: str) -> dict:
    """The options of Celery's transport that a Sentinel URL needs."""
    if not clients.is_sentinel(url):
        return {}
    found = clients.parse(url)
    return {"master_name": found.service, "sentinel_kwargs": clients.SECONDS | found.sentinel_options}


def _sentinels(url, database):
    found = clients.parse(url)
    user = ":".join(quote(found.credentials.get(name, ""), safe="") for name in ("username", "password"))
    return ";".join(
        f"sentinel://{user}@{host}:{port}/{database}"
        if found.credentials
        else f"sentinel://{host}:{port}/{database}"
        for host, port in found.sentinels
    )


def check() -> Iterator[Finding]:
    """Look for what could drop jobs: an eviction policy, or a database shared with the cache."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with kombu.Connection(settings.CELERY_BROKER_URL, transport_options=options) as connection:
        if connection.transport.driver_type not in {"redis", "sentinel"}:
            yield True, f"Jobs wait in {connection.as_uri()}"
            return
        try:
            # Unlike `channel()`, which tries twice with two seconds in between, this follows `max_retries`.
            yield from _check_redis(connection.default_channel.client)
        except (*connection.connection_errors, kombu.exceptions.OperationalError, redis.RedisError) as error:
            yield False, f"The broker at {connection.as_uri()} does not answer ({first_line(error)})."


def _check_redis(client: redis.Redis) -> Iterator[Finding]:
    # INFO says the same as CONFIG GET, which hosted servers refuse.
    memory = client.info("memory")
    policy, limit = memory["maxmemory_policy"], memory["maxmemory_human"]
    if _is_shared_with_cache(client):
        yield False, "CELERY_BROKER_URL names the cache's own database: name another database or server."
    elif not memory["maxmemory"]:
        yield True, "The broker keeps jobs: its Redis has no memory limit"
    elif policy.startswith("allkeys-"):
        yield (
            None,
            f"The broker may drop jobs: beyond {limit} its Redis evicts any key (maxmemory-policy {policy}). "
            "Set noeviction or volatile-lru, or name another Redis in CELERY_BROKER_URL.",
        )
    elif policy == "noeviction":
        yield True, f"The broker keeps jobs: its Redis evicts nothing (maxmemory-policy {policy})"
    else:
        yield (
            True,
            f"The broker keeps jobs: its Redis evicts only keys that expire (maxmemory-policy {policy}), "
            "and jobs do not expire",
        )


def _is_shared_with_cache(broker: redis.Redis) -> bool:
    """Compare server and database. A server's own id tells two names of one server apart from two servers."""
    with clients.client(settings.REDIS_URL) as cache:
        databases = [client.connection_pool.connection_kwargs.get("db", 0) for client in (broker, cache)]
        try:
            servers = [client.info("server")["run_id"] for client in (broker, cache)]
        except redis.ConnectionError:
            return False  # the cache does not answer, and the broker does
    return databases[0] == databases[1] and servers[0] == servers[1]
