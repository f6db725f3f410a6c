"""The drill: back up while members post and vote, lose everything, restore, and find all that was acknowledged."""

import io
import tarfile
from contextlib import suppress
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections
from django.test import Client

from config.backup import archive, restore, tables
from config.management.operator_error import OperatorError
from forums.models import Category, Comment, Topic
from forums.tree import recount
from polls.ballots import voting
from polls.counting import ballot_count
from polls.models import Poll, Voter
from polls.tally.count import BALLOTS
from tests.cast import member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
PASSWORD = "a long walk in the rain"
BEFORE = 20
"""Posts and ballots that are acknowledged before the backup begins."""


@pytest.fixture
def forum(settings, tmp_path):
    """A topic of Ada's with an open secret poll, and a picture of hers."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "ada.webp").write_bytes(b"a picture")
    ada = member("Ada")
    ada.set_password(PASSWORD)
    ada.save()
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Lindens", body="Shall we?", token=uuid4())
    Poll.open(
        author=ada, topic=topic, wordings=["Yes", "No"], token=uuid4(), method="one", secret=True,
        results_show="always", question="Which?",
    )  # fmt: skip
    return topic


class Storm(Thread):
    """Calls `act` with 0, 1, 2 … until it is stopped, and keeps the numbers that were acknowledged."""

    def __init__(self, act):
        super().__init__()
        self.act, self.done, self.ended, self.warm = act, [], Event(), Event()
        self.start()

    def run(self):
        try:
            for number in range(5_000):
                if self.ended.is_set():
                    break
                self.act(number)
                self.done.append(number)
                if number + 1 == BEFORE:
                    self.warm.set()
        finally:
            connections.close_all()

    def stop(self):
        self.ended.set()
        self.join()


def test_all_that_was_acknowledged_before_a_backup_is_there_after_it_was_restored(forum, tmp_path):
    opening, ada = forum.comments.get(seq=1), forum.author
    poll = Poll.objects.for_page().get(topic=forum)
    voters = [member(f"Voter{place}") for place in range(200)]

    def post(number):
        forum.reply(author=ada, parent=opening, body=f"Reply number{number}", token=uuid4())

    def vote(number):
        with suppress(IndexError):
            voting.cast(poll, member=voters[number], marks=[poll.option_ids[number % 2]], token=uuid4())

    posts, votes = Storm(post), Storm(vote)
    try:
        assert posts.warm.wait(60)
        assert votes.warm.wait(60)
        posted, voted = len(posts.done), min(len(votes.done), len(voters))
        call_command("backup", str(tmp_path / "night.tar"), stdout=io.StringIO())
        later = len(posts.done)
    finally:
        posts.stop()
        votes.stop()
    assert later > posted  # the storm went on meanwhile

    restore.empty(connection)
    assert tables.names(connection) == []
    (tmp_path / "media/ada.webp").unlink()
    printed = io.StringIO()
    call_command("restore", str(tmp_path / "night.tar"), stdout=printed)

    bodies = set(Comment.objects.values_list("body", flat=True))
    assert {f"Reply number{number}" for number in range(posted)} <= bodies
    assert recount.differences() == []
    assert "every counter was right" in printed.getvalue()
    cells, _ = ballot_count.count(Poll.objects.for_page().get(pk=poll.pk))
    assert voted <= cells[BALLOTS] == Voter.objects.filter(poll=poll).count()
    assert (tmp_path / "media/ada.webp").read_bytes() == b"a picture"

    browser = Client()
    browser.post("/accounts/login/", {"login": "Ada", "password": PASSWORD})
    page = browser.get("/search/?q=number7").content.decode()
    assert "number7" in page.partition("<main")[2]
    assert browser.get("/").wsgi_request.user == ada
    with pytest.raises(IntegrityError):  # the constraints are there again
        Voter.objects.create(poll=poll, member=voters[0])


def test_the_order_of_rows_does_not_tell_who_cast_which_ballot(forum, tmp_path):
    poll = Poll.objects.for_page().get(topic=forum)
    for place in range(30):
        voting.cast(poll, member=member(f"Voter{place}"), marks=[poll.option_ids[place % 2]], token=uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM polls_voter ORDER BY ctid")
        written = [row for (row,) in cursor]
    path = tmp_path / "night.tar"
    call_command("backup", str(path), stdout=io.StringIO())
    with tarfile.open(path) as tar:
        for table in ("polls_voter", "polls_secretballot"):
            rows = tar.extractfile(f"rows/{table}.copy").read().decode().splitlines()
            ids = [row.split("\t")[0] for row in rows]
            assert (len(ids), ids) == (30, sorted(ids))
        assert sorted(written) != written
        assert tar.extractfile("database.dump").read().count(b"COPY public.polls_voter") == 0


def test_a_database_with_tables_is_not_overwritten_by_mistake(forum, tmp_path):
    path = str(tmp_path / "night.tar")
    call_command("backup", path, stdout=io.StringIO())
    Topic.objects.filter(pk=forum.pk).update(title="Oaks")
    with pytest.raises(OperatorError, match="The database is not empty"):
        call_command("restore", path)
    assert Topic.objects.get().title == "Oaks"
    call_command("restore", path, overwrite=True, stdout=io.StringIO())
    assert Topic.objects.get().title == "Lindens"


def test_a_row_that_differs_from_the_backup_is_reported(forum, tmp_path):
    call_command("backup", str(tmp_path / "night.tar"), stdout=io.StringIO())
    manifest = archive.extract(tmp_path / "night.tar", tmp_path / "new")
    assert restore.differences(connection, manifest) == []
    Topic.objects.filter(pk=forum.pk).update(title="Oaks")
    assert (
        restore.differences(connection, manifest)
        == [
            "forums_searchupdate differs: 2 rows in the backup, 3 in the database.",  # a new title waits for the index
            "forums_topic differs: 1 rows in the backup, 1 in the database.",
        ]
    )


def test_a_backup_is_verified_in_a_scratch_database(forum, tmp_path):
    path = tmp_path / "night.tar"
    call_command("backup", str(path), stdout=io.StringIO())
    printed = io.StringIO()
    call_command("verify_backup", str(path), stdout=printed)
    assert printed.getvalue().startswith(f"{path} is good: ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = 'folkmoot_scratch'")
        assert cursor.fetchone() == (0,)


def test_only_the_owner_can_read_a_backup_and_it_contains_no_secret(forum, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a very secret key")
    monkeypatch.setenv("EMAIL_URL", "smtp://user:a-secret-password@mail.example.org")
    monkeypatch.setenv("SITE_NAME", "The Moot")
    path = tmp_path / "night.tar"
    call_command("backup", str(path), stdout=io.StringIO())
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as tar:
        manifest = tar.extractfile("manifest.json").read()
    assert b'"SITE_NAME": "The Moot"' in manifest
    assert b"secret" not in manifest.replace(b"polls_secretballot", b"")
