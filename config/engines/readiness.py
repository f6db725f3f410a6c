"""Checks that Postgres and Redis answer, whether they are embedded or named by URL."""

import os
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings

from config.engines import embedded
from config.management.operator_error import OperatorError, first_line
from config.redis import clients


def ready(*, also_redis: bool = False) -> None:
    """Start the embedded engines, or check that the engines named by URL answer. Raises OperatorError.

    Redis is checked only on request, because the site also works without it, only slower.
    """
    embedded.ensure(settings.DATA_DIR)
    if settings.DATABASE_URL:
        _postgres_answers()
    if also_redis:
        for name in filter(os.environ.get, ("REDIS_URL", "CACHE_URL")):
            _redis_answers(name, getattr(settings, name))


def missing_migrations() -> int:
    """Count the migrations that the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_missing_migrations() -> None:
    """Raise OperatorError if the database is older than the code."""
    if missing := missing_migrations():
        raise OperatorError(f"The database lacks {missing} migrations: run `python manage.py migrate` first.")


def _postgres_answers() -> None:
    from django.db import connection

    try:
        psycopg.connect(**connection.get_connection_params(), autocommit=True).close()
    except psycopg.Error as error:
        raise OperatorError(
            f"DATABASE_URL names a Postgres at {_without_password(settings.DATABASE_URL)} "
            f"that does not answer ({first_line(error)}): start it, or correct DATABASE_URL."
        ) from None


def _redis_answers(name: str, url: str) -> None:
    try:
        with clients.client(url, socket_connect_timeout=3, socket_timeout=3) as client:
            is_cluster = client.info("cluster").get("cluster_enabled")
    except (redis.RedisError, ValueError) as error:
        raise OperatorError(
            f"{name} names a Redis at {_without_password(url)} "
            f"that does not answer ({first_line(error)}): start it, or correct {name}."
        ) from None
    if is_cluster:
        raise OperatorError(
            f"{name} names a Redis Cluster at {_without_password(url)}, which Folkmoot does not use: "
            "name one server, or Sentinels."
        )


def _without_password(url: str) -> str:
    """The host, port and path of a URL, fit for a terminal."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path
