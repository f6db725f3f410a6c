"""The Postgres and Redis that the settings name, embedded or not: are they there?"""

import os
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings

from config import embedded
from config.trouble import Trouble


def ready(*, also_redis: bool = False) -> None:
    """Start the embedded engines, or see that the ones named by URL answer. Raises Trouble.

    Without Redis the site works, only slower, so most commands do not insist on it.
    """
    embedded.ensure(settings.DATA_DIR)
    if settings.DATABASE_URL:
        _postgres_answers()
    if also_redis and os.environ.get("REDIS_URL"):
        _redis_answers()


def missing_migrations() -> int:
    """How many migrations the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _postgres_answers() -> None:
    from django.db import connection

    try:
        psycopg.connect(**connection.get_connection_params(), autocommit=True).close()
    except psycopg.Error as error:
        raise Trouble(
            f"DATABASE_URL names a Postgres at {_without_password(settings.DATABASE_URL)} "
            f"that does not answer ({_first_line(error)}): start it, or correct DATABASE_URL."
        ) from None


def _redis_answers() -> None:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(
            f"REDIS_URL names a Redis at {_without_password(settings.REDIS_URL)} "
            f"that does not answer ({_first_line(error)}): start it, or correct REDIS_URL."
        ) from None


def _without_password(url: str) -> str:
    """An address fit for a terminal: host, port and path."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
