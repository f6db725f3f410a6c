"""Pages are read from a streaming replica, and nobody misses what they have written themselves."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from config.engines import embedded, postgres
from config.engines.directories import Directories
from tests import data_directory, processes

pytestmark = pytest.mark.processes
USE = """
import os, signal, sys, time
from uuid import uuid4
from django.db import connections
from django.test import Client
from accounts.models import User
from config.engines.postgresql import timeouts
from config.replicas import reads, servers
from forums.models import Category, Comment, Topic
from forums.search import index

postmaster = int(os.environ["POSTMASTER"])
timeouts.answer_requests()
servers.AWAY_SECONDS = 0.3
servers.LAG_SECONDS = 3600  # at first, a replica may be as late as it likes
replica = connections["replica-0"]
replica.force_debug_cursor = True


def check(name, is_true):
    print(f"{name}: {is_true}", flush=True)


def get(client, path):
    "The page, and whether more was read from the replica than how far it is."
    replica.queries_log.clear()
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return page.content.decode(), sum("replay_lsn" not in each["sql"] for each in replica.queries_log) > 0


def delay(interval):
    with replica.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{interval}'")
        cursor.execute("SELECT pg_reload_conf()")
        while True:
            cursor.execute("SHOW recovery_min_apply_delay")
            if cursor.fetchone()[0] == interval:
                break


def catch_up():
    until = time.monotonic() + 20
    while servers.choose(servers.position())[0] != "replica-0":
        assert time.monotonic() < until
        time.sleep(0.05)


def reply(client, text):
    answer = client.post(f"/t/{topic.pk}/reply/", {"body": text, "token": uuid4(), "parent": opening.pk})
    assert answer.status_code in {200, 302, 303}, answer.status_code


def signal_all(number):
    children = open(f"/proc/{postmaster}/task/{postmaster}/children").read().split()
    for pid in [postmaster, *map(int, children)]:
        os.kill(pid, number)


def browser(member=None):
    client = Client(headers={"host": "localhost"})
    if member:
        client.force_login(member)
    return client


garden = Category.objects.create(name="Garden", slug="garden")
ada, ben = (User.objects.create_user(name, f"{name}@example.org") for name in ("Ada", "Ben"))
topic = Topic.open(author=ada, category=garden, title="Limes", body="Do limes grow here?", token=uuid4())
opening = topic.comments.get()
laptop, phone, bens, visitor = browser(ada), browser(ada), browser(ben), browser()
page, search = topic.get_absolute_url(), "/search/?q=limes"
index.run()
catch_up()
for client in (visitor, bens):
    text, from_replica = get(client, page)
    check("a page is read from the replica", from_replica and "Do limes grow here?" in text)
get(bens, page)
check("a search is read from the replica", get(visitor, search)[1])

catch_up()
delay("1h")
reply(laptop, "Limes love the south.")
index.run()
for client in (laptop, phone):
    check("Ada finds her reply", "love the south" in get(client, search)[0])
    check("Ada sees her reply", "love the south" in get(client, page)[0])
text, from_replica = get(visitor, search)
check("others find it later", from_replica and "love the south" not in text)
time.sleep(1.1)  # a process serves its own copy of a page for a second (visitor_cache.FRESH_SECONDS)
for client in (visitor, browser(), bens):
    check("no cached page is older than its version", "love the south" in get(client, page)[0])
servers.LAG_SECONDS = 0.2
until = time.monotonic() + 60
while "love the south" not in get(visitor, search)[0]:
    assert time.monotonic() < until
check("a replica that lags is skipped", not get(visitor, search)[1])

delay("0")
catch_up()
text, from_replica = get(laptop, search)
check("Ada's pages come from the replica again", from_replica and "love the south" in text)

signal_all(signal.SIGSTOP)
began = time.monotonic()
pages = [get(client, path) for path in (search, page) for client in (visitor, laptop)]
check("a frozen replica is skipped", all("love the south" in text for text, _ in pages))
check("within seconds", time.monotonic() - began < 6)
signal_all(signal.SIGCONT)
catch_up()
check("it is used again", get(visitor, search)[1])

catch_up()
with reads.begin(lambda: 0):
    names = [User.objects.get(pk=ada.pk).username]
    on = [reads.alias()]
    connections["default"].close()
    other = replica.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [replica.connection.info.backend_pid])
    other.close()
    names += [User.objects.get(pk=ada.pk).username, User.objects.filter(pk=ben.pk).first().username]
    on.append(reads.alias())
check("a replica that dies within a request", (names, on) == (["Ada", "Ada", "Ben"], ["replica-0", "default"]))
print(Comment.objects.count())
"""


@pytest.fixture
def data(tmp_path_factory, monkeypatch):
    """A data directory whose Postgres accepts replicas."""
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_cluster(data)
    (data / "static").mkdir()
    monkeypatch.setitem(postgres.OPTIONS, "wal_level", "replica")
    monkeypatch.setitem(postgres.OPTIONS, "max_wal_senders", "4")
    embedded.ensure(data, durable=False)
    yield data
    embedded.leave(data)


@pytest.fixture
def replica(data):
    """Runs a replica. Yields its process, and its address as a setting."""
    files = data / "replica"
    sockets = Path(f"/tmp/{data.name}-replica")
    for directory in (files, sockets):
        directory.mkdir(mode=0o700)
        if os.geteuid() == 0:
            subprocess.run(["chown", "nobody", directory], check=True)
    of_primary = ["-h", str(Directories(data).sockets), "-U", postgres.USER]
    copy = [*postgres.unprivileged(), postgres._server_program("pg_basebackup"), *of_primary, "-D", files]
    subprocess.run([*copy, "-R", "-c", "fast"], check=True, cwd="/")
    options = postgres.OPTIONS | postgres.FOR_TESTS | {"unix_socket_directories": str(sockets)}
    options = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (data / "replica.log").open("wb") as log:
        command = [*postgres.unprivileged(), postgres._server_program("postgres"), "-D", files, *options]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    url = f"postgres://{postgres.USER}@/{postgres.NAME}?host={sockets}"
    try:
        ready = [
            postgres.program("pg_isready"),
            "-q",
            "-h",
            str(sockets),
            "-U",
            postgres.USER,
            "-d",
            postgres.NAME,
        ]
        assert processes.wait_until(
            lambda: subprocess.run(ready, check=False).returncode == 0 or server.poll() is not None
        )
        assert server.poll() is None, (data / "replica.log").read_text()
        yield server, url
    finally:
        server.send_signal(signal.SIGCONT)
        server.send_signal(signal.SIGQUIT)
        server.wait()
        subprocess.run(["rm", "-r", sockets], check=True)


def test_pages_are_read_from_a_replica_and_nobody_misses_their_own_writes(data, replica):
    server, url = replica
    settings = {
        "DATABASE_URL": f"postgres://{postgres.USER}@/{postgres.NAME}?host={Directories(data).sockets}",
        "DATABASE_REPLICA_URLS": url,
        "POSTMASTER": str(server.pid),
        "LOG_LEVEL": "CRITICAL",
    }
    code, output, errors = processes.manage("shell", "-v0", "-c", USE, data=data, **settings)
    assert not errors and not code, output + errors[-3000:]
    assert [line for line in output.splitlines() if not line.endswith(": True")] == ["2"]
