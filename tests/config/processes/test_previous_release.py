"""The code from before the newest migration runs on the current schema: an upgrade migrates before it reloads."""

import subprocess
import sys

import pytest

from tests import data_directory, processes

pytestmark = pytest.mark.processes
USE = """
from uuid import uuid4
from django.test import Client
from accounts.models import User
from forums.models import Category, Comment, Topic
from polls.models import Poll
garden = Category.objects.create(name="Garden", slug="garden")
ada = User.objects.create_user("Ada", "ada@example.org")
topic = Topic.open(author=ada, category=garden, title="Limes", body="Do limes grow here?", token=uuid4())
poll = Poll.open(author=ada, topic=topic, wordings=["Yes", "No"], token=uuid4(), method="one", secret=False,
                 results_show="always", question="Do they?")
client, opening = Client(headers={"host": "localhost"}), topic.comments.get()
client.force_login(ada)
forms = {
    f"/t/{topic.pk}/reply/": {"body": "They do.", "token": uuid4(), "parent": opening.pk},
    f"/poll/{poll.pk}/vote/": {"option": poll.option_ids[0], "token": uuid4()},
}
answers = [client.post(path, fields) for path, fields in forms.items()]
pages = ["/", topic.get_absolute_url(), "/notifications/", "/search/?q=limes", "/u/Ada/", "/accounts/settings/"]
print([answer.status_code for answer in (*answers, *map(client.get, pages))])
"""


def git(*words):
    done = subprocess.run(["git", *words], cwd=processes.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.fixture
def previous(tmp_path):
    """The directory of the code from before the newest migration."""
    newest = git("log", "-1", "--no-merges", "--format=%H", "--", "*/migrations/[0-9]*.py")
    commit = git("rev-parse", "--verify", "--quiet", f"{newest}^") if newest else ""
    if not commit:
        pytest.skip("the history of this clone does not reach the code before the newest migration")
    place = tmp_path / "previous"
    place.mkdir()
    files = subprocess.run(["git", "archive", commit], cwd=processes.ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", place], input=files.stdout, check=True)
    return place


def test_the_previous_release_runs_on_the_current_schema(previous, tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_cluster(data)
    (data / "static").mkdir()
    environment = processes.environment(data, LOG_LEVEL="CRITICAL")
    script = [sys.executable, "manage.py", "shell", "-v0", "-c", USE]
    done = subprocess.run(
        script,
        cwd=previous,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=processes.SECONDS,
    )
    assert (done.returncode, done.stderr[-3000:]) == (0, "")
    assert done.stdout == f"{[303, 303, *[200] * 6]}\n"
