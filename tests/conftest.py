"""The ground under every test: one set of embedded engines a run, a database and Redis numbers a worker."""

import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

# One directory for the whole run: the first process makes it, and xdist's workers inherit the variable.
MADE_HERE = "PYTEST_XDIST_WORKER" not in os.environ
if MADE_HERE:
    os.environ["FOLKMOOT_DATA"] = tempfile.mkdtemp(prefix="fm-", dir="/tmp")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from redis.connection import parse_url  # noqa: E402

from config import broker, embedded  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
settings.SIGN_UP_SECONDS = 0  # tests type faster than people
if not os.environ.get("REDIS_URL"):
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 32
    redis_url = embedded.redis_url(settings.DATA_DIR, db=worker)
    settings.CACHES["default"]["LOCATION"] = redis_url
    settings.CELERY_BROKER_URL = broker.address(redis_url, 32 + worker)
settings.STATIC_ROOT.mkdir(exist_ok=True)  # empty: plain names stand in for hashed ones
django.setup()

pytest_plugins = ["tests.cast", "tests.broker"] if find_spec("tests.cast") else []


def pytest_unconfigure(config):
    if MADE_HERE:
        embedded.leave()
        shutil.rmtree(os.environ["FOLKMOOT_DATA"], ignore_errors=True)


@pytest.fixture(scope="session")
def engines():
    """Postgres and Redis, running. Postgres does not wait for the disk."""
    embedded.ensure(settings.DATA_DIR, durable=False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines, django_db_modify_db_settings_parallel_suffix):
    """Hooks the engines in before pytest-django makes the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit have every table emptied behind them, which the log of moderation refuses elsewhere."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_action DISABLE TRIGGER forums_action_never_emptied")


@pytest.fixture(autouse=True)
def _empty_cache(engines):
    """Nothing one test has cached or counted is seen by the next."""
    for kept in caches.all():
        kept.clear()


@pytest.fixture
def redis_is(settings):
    """`redis_is("away")` leads to where no Redis is, `redis_is("back")` to ours again.

    The database's number stays the same, for it is part of the channels' names.
    """
    ours = settings.CACHES
    number = parse_url(ours["default"]["LOCATION"]).get("db", 0)
    place = embedded.redis_url(Path("/tmp/fm-nowhere"), db=number)
    places = {"away": ours | {"default": ours["default"] | {"LOCATION": place}}, "back": ours}

    def lead(where):
        settings.CACHES = places[where]

    return lead
