"""Checks everything that a running site needs and prints one line for each finding."""

import platform
import resource
import shutil
from collections.abc import Iterator
from functools import partial
from json import dumps
from smtplib import SMTPException

import django
import redis
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.mail import EmailMessage, get_connection
from django.core.management import BaseCommand
from django.db import connection

from config.doctor import addresses, installation
from config.engines import broker, clock, readiness
from config.management import doctor_checks, places
from config.management.doctor_checks import Check, Finding
from config.management.operator_error import OperatorError, first_line
from config.redis import clients

FILES = 4096
"""A socket process with fewer open files would soon refuse readers."""
ROOM = 1024**3
"""Bytes. With less free space, Postgres may soon have to stop."""
NEARLY_FULL = 0.8
LABELS = {True: "good", None: "warn", False: "WRONG"}


class Command(BaseCommand):
    help = "Check settings, engines and jobs, and print what needs attention. Exits with 1 if something is wrong."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--json", action="store_true", help="print the findings as a JSON list, for programs"
        )
        parser.add_argument("--mail", metavar="ADDRESS", help="also send a test mail to this address")

    def handle(self, *, json, mail, **options):
        self.found = []
        self.is_for_programs = json
        checks = [
            python, installation.site_settings, space, files, postgres, installation.durability, installation.letters,
            migrations, redis_server, redis_cache, broker.check, installation.files, addresses.proxy, addresses.pages,
            addresses.sockets, addresses.old_hosts, mail_server, *([partial(send_test_mail, mail)] if mail else []),
            installation.queue_ages, installation.dead_letters,
        ]  # fmt: skip
        states = [self.show(check) for check in (*checks, *doctor_checks.registered(), warnings)]
        if json:
            self.stdout.write(dumps(self.found, indent=1, ensure_ascii=False))
        if wrong := states.count(False):
            raise OperatorError(f"{wrong} of {len(states)} need attention.")

    def show(self, check: Check) -> bool | None:
        """Print the findings of one check. Returns the worst state."""
        states = set()
        for state, sentence in doctor_checks.findings_of(check):
            self.found.append({"state": LABELS[state].lower(), "finding": sentence})
            if not self.is_for_programs:
                self.stdout.write(f"  {LABELS[state]:<5}  {sentence}")
            states.add(state)
        return next((state for state in (False, None) if state in states), True)


def python() -> Iterator[Finding]:
    yield True, f"Python {platform.python_version()}, Django {django.get_version()}"


def space() -> Iterator[Finding]:
    """Look at the disk of the data directory, or of the place where it will be made."""
    place = places.nearest(settings.DATA_DIR)
    free = shutil.disk_usage(place).free
    missing = "" if place == settings.DATA_DIR else " (it does not exist yet)"
    if free < ROOM:
        yield False, f"{settings.DATA_DIR}{missing} has only {free // 1024**2} MB left: free some space."
    else:
        yield True, f"{settings.DATA_DIR}{missing} has {free // 1024**3} GB left"


def files() -> Iterator[Finding]:
    """Compare the limit of open files with what socket processes need: one file for each reader."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FILES:
        yield (
            False,
            f"A process may open only {hard} files: raise the hard limit (ulimit -Hn) to {FILES} or more.",
        )
    else:
        yield True, f"A process may open {hard:,} files; a socket process holds nearly as many readers"


def postgres() -> Iterator[Finding]:
    readiness.ready()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    if int(version.split(".")[0]) < 15:
        yield False, f"PostgreSQL {version} is too old: Folkmoot needs 15 or newer."
    else:
        yield True, f"PostgreSQL {version}{'' if settings.DATABASE_URL else ', embedded'}"
    if ahead := clock.ahead():
        yield (
            None,
            f"The clocks of this machine and of Postgres differ by {abs(ahead.total_seconds()):.0f} seconds: "
            "set both by NTP.",
        )


def migrations() -> Iterator[Finding]:
    if missing := readiness.missing_migrations():
        yield False, f"{missing} migrations are missing: run `python manage.py migrate`."
    else:
        yield True, "The database is as new as the code"


def redis_server() -> Iterator[Finding]:
    readiness.ready(also_redis=True)
    with clients.client(settings.REDIS_URL) as client:
        version, memory = client.info("server")["redis_version"], client.info("memory")
    if [int(part) for part in version.split(".")[:2]] < [6, 2]:
        yield False, f"Redis {version} is too old: Folkmoot needs 6.2 or newer."
    else:
        yield True, f"Redis {version}"
    policy, limit = memory["maxmemory_policy"], memory["maxmemory_human"]
    if memory["maxmemory"] and policy != "noeviction":
        yield (
            None,
            f"Visitors can erase rate limits: beyond {limit} the Redis at REDIS_URL evicts keys (maxmemory-policy "
            f"{policy}). Set noeviction there, and name another Redis for cached pages in CACHE_URL.",
        )
    elif memory["maxmemory"] and memory["used_memory"] > memory["maxmemory"] * NEARLY_FULL:
        yield (
            None,
            f"The Redis at REDIS_URL is nearly full ({limit}), and refuses new keys then: raise its maxmemory.",
        )
    else:
        yield True, "The Redis at REDIS_URL evicts nothing, so rate limits, sessions and tallies are kept"


def redis_cache() -> Iterator[Finding]:
    """Look at the Redis for cached pages: it should be another server, with a limit, and should evict."""
    with (
        clients.client(settings.CACHE_URL) as client,
        clients.client(settings.REDIS_URL) as kept,
    ):
        try:
            memory = client.info("memory")
            is_shared = client.info("server")["run_id"] == kept.info("server")["run_id"]
        except redis.RedisError as error:
            yield False, f"The Redis at CACHE_URL does not answer ({first_line(error)})."
            return
    policy = memory["maxmemory_policy"]
    if is_shared:
        yield (
            None,
            "Cached pages share the Redis at REDIS_URL, and visitors can fill it: name another in CACHE_URL.",
        )
    elif not memory["maxmemory"] or policy == "noeviction":
        yield (
            None,
            f"The Redis at CACHE_URL has no limit, or evicts nothing beyond it (maxmemory-policy {policy}): "
            "set maxmemory and allkeys-lru.",
        )
    else:
        yield True, f"Cached pages have a Redis of their own with {memory['maxmemory_human']}"


def mail_server() -> Iterator[Finding]:
    """Connect to the mail server, and sign in there if EMAIL_URL has a password."""
    if not settings.EMAIL_URL:
        yield None, f"Nobody gets mail: it is written to files in {settings.EMAIL_FILE_PATH}. Set EMAIL_URL."
        return
    try:
        with get_connection():
            yield True, "The mail server at EMAIL_URL answers"
    except (OSError, SMTPException) as error:
        yield (
            False,
            f"The mail server at EMAIL_URL cannot be used ({first_line(error)}): mail waits until it can.",
        )


def send_test_mail(address: str) -> Iterator[Finding]:
    """Send a mail as the jobs do."""
    text = f"{settings.SITE_NAME} can send mail. `manage.py doctor` sent this to test it."
    try:
        EmailMessage(f"Test of {settings.SITE_NAME}", text, settings.DEFAULT_FROM_EMAIL, [address]).send()
    except (OSError, SMTPException) as error:
        yield (
            False,
            f"The test mail was refused ({first_line(error)}): check EMAIL_URL and DEFAULT_FROM_EMAIL.",
        )
    else:
        yield True, f"A test mail is on its way to {address}: look whether it arrives, and not as spam"


def warnings() -> Iterator[Finding]:
    found = [message for message in run_checks(include_deployment_checks=True) if message.level >= WARNING]
    unheeded = [message.id for message in found if not message.is_silenced()]
    if unheeded and settings.HTTPS:
        yield False, f"Django warns: {', '.join(unheeded)}; `python manage.py check --deploy` explains each."
    elif unheeded:
        yield True, "HTTPS is not set up: fine for trying Folkmoot out"
    else:
        yield True, "Django has no warning"
