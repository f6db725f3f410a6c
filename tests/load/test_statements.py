"""The measurement of statements explains those that read, times those that write, and undoes what forms change."""

from django.db import connection
from django.db.models import F
from django.test import Client

from forums.models import Draft, Topic
from tests.cast import session_key_of
from tests.forums.conftest import *  # noqa: F403 - the fixtures of the forum
from tests.load.client.requests import cookie
from tests.load.scenarios import statements


def test_statements_that_read_are_explained_and_those_that_write_are_timed(limes):
    with statements._explained() as found:
        assert Topic.objects.get().pk == limes.pk
        Topic.objects.update(version=F("version") + 1)
        with connection.cursor() as cursor:
            cursor.execute("\n    UPDATE forums_topic SET version = version + 1")
    read, written, plain = found
    assert plain.sql.startswith("UPDATE forums_topic")
    assert (read.sql[:6], read.buffers > 0, read.milliseconds > 0) == ("SELECT", True, True)
    assert (written.sql[:6], written.buffers, written.milliseconds > 0) == ("UPDATE", 0, True)


def test_forms_of_the_measurement_change_nothing(limes, opening, ada):
    client = Client(headers={"host": "127.0.0.1", "cookie": cookie(session_key_of(ada))})
    form = {"parent": opening.pk, "body": "Kept.", "token": "00000000-0000-4000-8000-000000000000"}
    assert statements._ask(client, "/drafts/save/", form).json() == {"kept": True}
    assert not Draft.objects.exists()
