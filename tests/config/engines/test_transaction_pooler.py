"""The site works behind PgBouncer in transaction mode, where each transaction may use another connection."""

import shutil
import subprocess

import pytest

from config.engines import embedded, postgres
from config.engines.directories import Directories
from tests import data_directory, processes

pytestmark = pytest.mark.processes
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")

CONFIGURATION = """
[databases]
{name} = host={sockets} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
"""
USE = """
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from uuid import uuid4
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from accounts.models import User
from config.engines.postgresql import timeouts
from forums.models import Category, Comment, Topic, Vote

timeouts.answer_requests()
garden = Category.objects.create(name="Garden", slug="garden")
ada = User.objects.create_user("Ada", "ada@example.org")
topic = Topic.open(author=ada, category=garden, title="Limes", body="Do limes grow here?", token=uuid4())
opening = topic.comments.get()
one_export = Lock()  # the site refuses a second one at the same time


def visit(number):
    name = f"Member{'abcdefgh'[number]}"
    user = User.objects.create_user(name, f"{name}@example.org", "correct horse battery")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client(headers={"host": "localhost"}, REMOTE_ADDR=f"192.0.2.{number}")
    seen = [client.post("/accounts/login/", {"login": name, "password": "correct horse battery"})]
    for turn in range(4):
        seen += [
            client.get("/"),
            client.get(f"/t/{topic.pk}/limes/"),
            client.post(f"/t/{topic.pk}/reply/", {"body": f"{name} {turn}", "token": uuid4(), "parent": opening.pk}),
            client.post(f"/comments/{opening.pk}/vote/up/"),
            client.post(f"/comments/{opening.pk}/vote/down/"),
            client.get("/notifications/"),
            client.get(f"/u/{name}/"),
        ]
    seen.append(client.post("/accounts/reauthenticate/", {"password": "correct horse battery"}))
    with one_export:
        seen.append(client.post("/accounts/settings/export/"))
        seen[-1].getvalue()
    connection.close()
    return [(answer.request["PATH_INFO"], answer.status_code) for answer in seen]


with ThreadPoolExecutor(8) as crowd:
    answers = [answer for answers in crowd.map(visit, range(8)) for answer in answers]
answers.append(("/search/", Client(headers={"host": "localhost"}).get("/search/?q=limes").status_code))
print(len(answers), sorted({answer for answer in answers if answer[1] not in {200, 302, 303}}))
print(Comment.objects.count(), Vote.objects.count())
"""


@pytest.fixture
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_cluster(data)
    (data / "static").mkdir()  # otherwise each client warns
    embedded.ensure(data, durable=False)
    yield data
    embedded.leave(data)


@pytest.fixture
def pooler(data, tmp_path):
    """Runs PgBouncer in front of the embedded Postgres, and returns the site's settings for it."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed (apt-get install pgbouncer)")
    port = processes.free_port()
    file = tmp_path / "pgbouncer.ini"
    names = {"name": postgres.NAME, "user": postgres.USER, "sockets": Directories(data).sockets, "port": port}
    file.write_text(CONFIGURATION.format(size=3, **names))
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([*postgres.unprivileged(), PGBOUNCER, file], stdout=log, stderr=log)
    try:
        assert processes.wait_until(lambda: processes.listens(port)), (tmp_path / "log").read_text()
        yield {
            "DATABASE_URL": f"postgres://{postgres.USER}@127.0.0.1:{port}/{postgres.NAME}",
            "TRANSACTION_POOLER": "1",
            "LOG_LEVEL": "CRITICAL",
        }
    finally:
        server.terminate()
        server.wait()


def test_members_sign_in_read_write_and_vote_behind_pgbouncer(data, pooler):
    code, output, errors = processes.manage("shell", "-v0", "-c", USE, data=data, **pooler)
    assert (code, errors[-3000:]) == (0, "")
    assert output.splitlines() == ["249 []", "33 8"]
