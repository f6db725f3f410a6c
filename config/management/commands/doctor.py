"""Looks at everything a running site needs and says in one line each how it is."""

import platform
import resource
import shutil
from collections.abc import Callable
from datetime import timedelta

import django
import redis
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.management import BaseCommand
from django.db import connection
from django.utils import timezone

from config import engines
from config.trouble import Trouble
from forums.models import Letter, News
from forums.models.letter import MOST_ATTEMPTS

FILES = 4096
"""Below, a socket process would soon turn readers away."""
LATE = timedelta(minutes=2)
ROOM = 1024**3  # below one free gigabyte, Postgres may soon have to stop


class Command(BaseCommand):
    help = "Say what is set, what answers and what is missing. Exit code 1 if something is wrong."
    requires_system_checks = []

    def handle(self, **options):
        looks = [python, space, files, postgres, migrations, redis_server, mail, jobs, warnings]
        wrong = sum([not self.look(each) for each in looks])
        if wrong:
            raise Trouble(f"{wrong} of {len(looks)} need attention.")

    def look(self, at: Callable[[], str]) -> bool:
        """Print one finding; whether it was good."""
        try:
            self.stdout.write(f"  good   {at()}")
        except Trouble as trouble:
            self.stdout.write(f"  WRONG  {trouble}")
            return False
        return True


def python() -> str:
    return f"Python {platform.python_version()}, Django {django.get_version()}"


def space() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < ROOM:
        raise Trouble(f"{settings.DATA_DIR} has only {free // 1024**2} MB left: make room.")
    return f"{settings.DATA_DIR} has {free // 1024**3} GB left"


def files() -> str:
    """Every socket of a reader is an open file of its process."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FILES:
        raise Trouble(
            f"A process may open only {hard} files: raise the hard limit (ulimit -Hn) to {FILES} or more."
        )
    return f"A process may open {hard:,} files; a socket process holds nearly as many readers"


def postgres() -> str:
    engines.ready()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    if int(version.split(".")[0]) < 15:
        raise Trouble(f"PostgreSQL {version} is too old: Folkmoot needs 15 or newer.")
    return f"PostgreSQL {version}{'' if settings.DATABASE_URL else ', embedded'}"


def migrations() -> str:
    missing = engines.missing_migrations()
    if missing:
        raise Trouble(f"{missing} migrations are missing: run `python manage.py migrate`.")
    return "The database is as new as the code"


def redis_server() -> str:
    engines.ready(also_redis=True)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        version = client.info("server")["redis_version"]
    if [int(part) for part in version.split(".")[:2]] < [6, 2]:
        raise Trouble(f"Redis {version} is too old: Folkmoot needs 6.2 or newer.")
    return f"Redis {version}"


def mail() -> str:
    return (
        "Mail goes out by EMAIL_URL"
        if settings.EMAIL_URL
        else f"Mail goes to files in {settings.EMAIL_FILE_PATH}"
    )


def jobs() -> str:
    """What they have left lying: news that nobody was told of, letters that the mail server would not take."""
    if engines.missing_migrations():
        raise Trouble("Before the migrations nothing can be said of the jobs.")
    late = News.objects.filter(created_at__lt=timezone.now() - LATE).count()
    if late:
        raise Trouble(
            f"{late} pieces of news have not been told for minutes: do the jobs run? See their log."
        )
    lying = Letter.objects.filter(attempts__gte=MOST_ATTEMPTS).count()
    if lying:
        raise Trouble(f"{lying} letters could not be sent, though often tried: see the jobs' log.")
    return f"The jobs are up to date; {Letter.objects.count()} letters wait to be sent"


def warnings() -> str:
    found = [message for message in run_checks(include_deployment_checks=True) if message.level >= WARNING]
    unheeded = [message.id for message in found if not message.is_silenced()]
    if unheeded and settings.HTTPS:
        raise Trouble(f"Django warns: {', '.join(unheeded)}; `python manage.py check --deploy` says why.")
    return "Django has no warning" if not unheeded else "Not set up for HTTPS: fine for trying it out"
