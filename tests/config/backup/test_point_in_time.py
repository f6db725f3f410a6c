"""A cluster is recovered to a moment between two comments, from a base backup and the archived log."""

import pytest

from tests import data_directory, processes

pytestmark = pytest.mark.processes
PREPARE = """
from tests.forums.live.discussion_script import prepare
prepare(1)
"""
WRITE = """
from uuid import uuid4
from django.db import connection
from forums.models import Comment, Topic
topic = Topic.objects.get()
for _ in range({count}):
    topic.reply(author=topic.author, parent=topic.comments.get(seq=1), body="Said.", token=uuid4())
with connection.cursor() as cursor:
    cursor.execute("SELECT clock_timestamp()")
    (moment,) = cursor.fetchone()
    cursor.execute("SELECT pg_switch_wal()")
print(moment.isoformat(), Comment.objects.count())
"""


def test_a_cluster_is_recovered_to_the_moment_before_a_comment(tmp_path):
    data, wal, base = tmp_path / "fm", tmp_path / "wal", tmp_path / "base"
    data.mkdir()
    data_directory.copy_site(data)

    def manage(*words):
        code, output, errors = processes.manage(*words, data=data, WAL_DIRECTORY=str(wal))
        assert code == 0, errors
        return output

    def write(count):
        moment, comments = manage("shell", "-v0", "-c", WRITE.format(count=count)).split()
        return moment, int(comments)

    manage("shell", "-v0", "-c", PREPARE)
    manage("base_backup", str(base))
    moment, comments = write(3)
    assert (comments, write(5)[1]) == (4, 9)
    assert "The database is that of" in manage("recover", str(base), "--until", moment)
    assert write(0)[1] == 4
    assert write(2)[1] == 6
    assert processes.all_ended(data)
