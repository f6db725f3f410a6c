"""Sets up the embedded engines for a run, and a database and Redis numbers for each worker."""

import gc
import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

# One directory for the whole run. The first process creates it, and xdist's workers inherit the variable.
MADE_HERE = "PYTEST_XDIST_WORKER" not in os.environ
if MADE_HERE:
    os.environ["FOLKMOOT_DATA"] = tempfile.mkdtemp(prefix="fm-", dir="/tmp")
if sys.dont_write_bytecode:
    # Without compiled files, each process that a test starts would compile all modules, which takes it 2.5 s.
    bytecode = Path(__file__).resolve().parent.parent / ".pytest_cache/bytecode"
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(bytecode)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(bytecode)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from redis.connection import AbstractConnection, parse_url  # noqa: E402

from config.caching import holes, recent_values  # noqa: E402
from config.engines import broker, embedded  # noqa: E402
from tests import data_directory  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
settings.SIGN_UP_SECONDS = 0  # tests fill in forms faster than people
# Tests repeat too few statements: preparing them took a sixth of the time. Sites that tests start prepare theirs.
settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None
if not os.environ.get("REDIS_URL"):
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 32
    redis_url = embedded.redis_url(settings.DATA_DIR, db=worker)
    settings.CACHES["default"]["LOCATION"] = redis_url
    settings.CACHES["evictable"]["LOCATION"] = embedded.cache_url(settings.DATA_DIR, db=worker)
    settings.CELERY_BROKER_URL = broker.address(redis_url, 32 + worker)
settings.WHITENOISE_AUTOREFRESH = True  # otherwise each test client reads all static files
holes.raises = True  # a page of a site would be rendered plainly
settings.STATIC_ROOT.mkdir(exist_ok=True)  # empty, so that URLs contain plain names instead of hashed ones
django.setup()

pytest_plugins = ["tests.cast", "tests.broker", "tests.shared_rows"] if find_spec("tests.cast") else []


def pytest_unconfigure(config):
    if MADE_HERE:
        embedded.leave(settings.DATA_DIR)
        shutil.rmtree(os.environ["FOLKMOOT_DATA"], ignore_errors=True)


# --- Workers ------------------------------------------------------------------------------------------


def pytest_xdist_auto_num_workers():
    """One more than processors, because tests of browsers and processes wait for half of their time."""
    return os.cpu_count() + 1


# --- The order of tests ------------------------------------------------------------------------------

SLOW = ("loss", "processes", "browser")
"""Markers of tests that run first, because a worker that starts them last works alone at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(
        key=lambda item: next((rank for rank, name in enumerate(SLOW) if name in item.keywords), len(SLOW))
    )


def pytest_collection_finish():
    """Leaves what is imported out of garbage collection: looking through it took a tenth of the time of most tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


# --- Engines and databases ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def engines():
    """Starts Postgres and Redis. Postgres does not wait for the disk, and its own database is already migrated."""
    if not os.environ.get("DATABASE_URL"):
        data_directory.copy_cluster(settings.DATA_DIR)
        connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]
    embedded.ensure(settings.DATA_DIR, durable=False)
    _running.append("engines")


_running = []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines, django_db_modify_db_settings_parallel_suffix):
    """Starts the engines before pytest-django creates the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Replaces Django's cleanup after a test that commits: truncating seventy tables takes twenty times as long.

    Also deletes the rows of migrations, so that a test finds the same rows before and after a test that commits.
    """
    TransactionTestCase._fixture_teardown = lambda case: delete_rows()
    with django_db_blocker.unblock():
        delete_rows()


KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Tables that keep their rows. Django writes the last two after each migration and each cleanup of its own."""


def delete_rows() -> None:
    """Deletes all rows of the tables that have some. One query, and one for each of these tables.

    The role `replica` runs no triggers. The moderation log's would refuse, and those of foreign keys need an order.
    """
    tables = set(connection.introspection.django_table_names(include_views=False)) - KEPT
    has_rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(has_rows)
        filled = cursor.fetchall()
        cursor.execute("SET LOCAL session_replication_role = replica")
        for (name,) in filled:
            cursor.execute(f"DELETE FROM {name}")


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Empties the caches before each test. Starts the engines for tests that use the database or a client."""
    if request.node.get_closest_marker("django_db") or {"engines", "client"} & set(request.fixturenames):
        request.getfixturevalue("engines")
    if _running:
        for cache in caches.all():
            cache.clear()
        # What a process keeps for some seconds would otherwise change in the middle of a test, for example the newest
        # record of another test in the footer.
        recent_values.clear_all()


@pytest.fixture
def redis_round_trips(monkeypatch):
    """Returns a list that grows with each round trip to Redis, by the commands that are sent."""
    sent, send = [], AbstractConnection.send_packed_command

    def count(connection, command, *args, **options):
        sent.append(command)
        return send(connection, command, *args, **options)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", count)
    return sent


@pytest.fixture
def redis_is(settings):
    """Moves both caches to an address without Redis, and back: `redis_is("away")`, `redis_is("back")`.

    The number of the database stays the same, because names of channels contain it.
    """
    ours = settings.CACHES
    number = parse_url(ours["default"]["LOCATION"]).get("db", 0)
    nowhere = embedded.redis_url(Path("/tmp/fm-nowhere"), db=number)
    away = {name: ours[name] | {"LOCATION": nowhere} for name in ("default", "evictable")}
    caches = {"away": ours | away, "back": ours}

    def redis_is(where):
        settings.CACHES = caches[where]

    return redis_is
