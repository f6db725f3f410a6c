"""Checks of settings, files, options of the engines, and queues."""

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from config.management import places
from config.management.doctor_checks import Finding
from config.management.operator_error import OperatorError
from config.monitoring import queues
from config.redis import clients
from config.web import static_storage

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
LATE = 120
"""Seconds after which waiting work is late."""


def site_settings() -> Iterator[Finding]:
    """Look for settings that `serve` refuses. Raises OperatorError."""
    if settings.HTTPS:
        refuse_unsafe_settings()
    yield (
        True,
        "The settings are safe" if settings.HTTPS else "SITE_URL is not https: settings are those of a trial",
    )


def refuse_unsafe_settings():
    """Raise OperatorError that names each setting an attacker could use."""
    wrong = []
    if settings.DEBUG:
        wrong.append("DEBUG is on: unset it")
    if not os.environ.get("SECRET_KEY"):
        wrong.append("SECRET_KEY is unset: give it 50 random characters")
    if "*" in settings.ALLOWED_HOSTS:
        wrong.append("ALLOWED_HOSTS is *: name the forum's hosts")
    if wrong:
        raise OperatorError(f"This is not safe for production. {'; '.join(wrong)}.")


def durability() -> Iterator[Finding]:
    """Look for options with which a crash loses acknowledged posts. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
        # Stronger values of synchronous_commit wait for replicas.
        weak = [f"{name}={value}" for name, value in cursor if value in ("off", "local")]
    if weak:
        yield (
            False,
            f"A crash of Postgres loses posts ({', '.join(weak)}): set them to on in postgresql.conf.",
        )
    else:
        yield True, "Postgres keeps all that it has acknowledged"
    with clients.client(settings.REDIS_URL) as client:
        if client.info("persistence").get("aof_enabled"):
            yield True, "The Redis at REDIS_URL writes its data to the disk"
        else:
            yield (
                None,
                "The Redis at REDIS_URL forgets rate limits and waiting tasks when it restarts: set appendonly yes.",
            )


def letters() -> Iterator[Finding]:
    """Look whether the database folds the case of all letters. Otherwise two members could have one name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('ÄÉ') = 'äé'")
        (folds,) = cursor.fetchone()
    if folds:
        yield True, "The database folds the case of all letters"
    else:
        yield (
            False,
            "The database folds only the case of ASCII, so names may be taken twice: create it anew with the locale "
            "C.UTF-8 and restore a backup into it.",
        )


def files() -> Iterator[Finding]:
    """Look at the collected static files, and whether uploads can be written."""
    if static_storage.is_collected():
        yield True, "The static files are collected"
    else:
        yield (
            None,
            "The static files are older than the code: start the site with `serve`, or run `collectstatic`.",
        )
    place = places.nearest(settings.MEDIA_ROOT)
    if os.access(place, os.W_OK | os.X_OK):
        yield True, f"Uploads can be written to {settings.MEDIA_ROOT}"
    else:
        yield False, f"{place} cannot be written, so uploads fail: make the account of the site its owner."


def queue_ages() -> Iterator[Finding]:
    """Look for work that waits too long."""
    late = [
        f"{name} ({backlog.waiting})" for name, backlog in queues.backlogs().items() if backlog.seconds > LATE
    ]
    if late:
        yield (
            False,
            f"Work waits for more than {LATE // 60} minutes: {', '.join(late)}. See the log of the jobs.",
        )
    else:
        yield True, "No work waits for long"


def dead_letters() -> Iterator[Finding]:
    """Look for work that was given up."""
    found = [f"{name} ({number})" for name, number in queues.dead_letters().items() if number]
    if found:
        yield (
            False,
            f"Work was given up: {', '.join(found)}. The log of the jobs has the reason. When it is mended, run "
            "`manage.py retry_dead_letters`.",
        )
    else:
        yield True, "No work was given up"
