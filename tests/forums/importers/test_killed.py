"""An import that is killed leaves whole topics and no processes, and the same command continues it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from forums.models import Comment, Topic
from forums.tree import recount
from tests import processes
from tests.forums.importers.test_running import everything, fill, whole

TOPICS, POSTS = 12, 200


def begin(path):
    """Starts the import command in its own process, on the database of the tests."""
    kept = connection.settings_dict
    return processes.start(
        *("manage.py", "import_forum", str(path)),
        data=settings.DATA_DIR,
        DATABASE_URL=f"postgres://{kept['USER']}@/{kept['HOST']}/{kept['NAME']}",
        REDIS_URL=settings.CACHES["default"]["LOCATION"],
        PYTHONWARNINGS="ignore",
    )


def children(process):
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [Path(f"/proc/{pid}") for pid in found]


@pytest.mark.processes
def test_an_import_that_is_killed_leaves_whole_topics_and_goes_on(transactional_db, bring, discourse):
    fill(discourse, TOPICS, POSTS)
    process = begin(discourse.path)
    assert processes.wait_until(Topic.objects.exists)
    helpers = children(process)
    process.kill()
    process.communicate()
    arrived = Topic.objects.count()
    assert 0 < arrived < TOPICS
    assert Comment.objects.count() == arrived * POSTS
    assert recount.differences() == []
    assert helpers
    assert processes.wait_until(lambda: not any(map(Path.exists, helpers)))

    code, output, errors = processes.finish(begin(discourse.path))
    assert (code, errors) == (0, "")
    posts = next(line.split() for line in output.splitlines() if line.startswith("posts"))
    assert posts == ["posts", "2,400", f"{(TOPICS - arrived) * POSTS:,}", f"{arrived * POSTS:,}", "0"]
    ended = everything()
    assert len(ended[3]) == TOPICS * POSTS
    assert ended == whole(bring)
