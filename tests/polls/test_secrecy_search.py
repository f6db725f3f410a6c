"""Searches everything that the site stores for a link between a voter and a ballot, before and after the close."""

import io
import tarfile
from collections import defaultdict
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from config.backup import write
from config.engines.directories import Directories
from polls.ballots import closing, shuffling, voting
from polls.models import SecretBallot, Voter
from tests.overlap import before_commit

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 12


def rows():
    """Every row of every table as text, with the name of its table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                yield table, text


def links(poll):
    """To how many voters the transaction of a ballot leads, through all rows that name a member: each number once."""
    members, voters = defaultdict(set), set(Voter.objects.values_list("member", flat=True))
    named = [(User._meta.db_table, "id")]
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if field.related_model is User:
                named.append((model._meta.db_table, field.column))
    with connection.cursor() as cursor:
        for table, column in named:
            cursor.execute(f'SELECT "{column}", xmin::text, xmax::text FROM "{table}"')
            for member, *transactions in cursor.fetchall():
                for transaction in transactions:
                    if member in voters:
                        members[transaction].add(member)
        cursor.execute("SELECT xmin::text FROM polls_secretballot WHERE poll_id = %s", [poll.pk])
        return sorted({len(members[transaction]) for (transaction,) in cursor.fetchall()} - {0})


def test_nothing_that_is_stored_links_a_voter_with_a_ballot(
    open_poll, crowd, sign_in, client, caplog, settings
):
    members = crowd(VOTERS)
    poll = open_poll(secret=True, results_show="at_close", roll_grows=False, voters_published=True)
    keys = {}
    for place, member in enumerate(members):
        keys[member.pk] = uuid4()
        fields = {"token": keys[member.pk], "option": poll.option_ids[place % 3]}
        assert sign_in(member).post(f"/poll/{poll.pk}/vote/", fields).status_code == 200
    assert links(poll) == [1]  # until the next shuffle, and the search can find it
    shuffling.shuffle_all()
    for _ in ("while it is open", "after the close"):
        assert links(poll) == [VOTERS]
        marks = set(SecretBallot.objects.values_list("receipt", flat=True))
        marks |= {str(pk) for pk in SecretBallot.objects.values_list("pk", flat=True)}
        marks |= {text for key in keys.values() for text in (str(key), key.hex)}
        for table, text in rows():
            if table != "polls_secretballot":
                assert not any(mark in text for mark in marks), table
        names = {str(pk) for pk in Voter.objects.values_list("pk", flat=True)}
        written = caplog.text
        engine_log = (Directories(settings.DATA_DIR).logs / "postgres.log").read_text(errors="replace")
        figures = client.get("/metrics").text
        for text in (written, engine_log, figures):
            assert not any(mark in text for mark in marks | names)
        assert "/vote/" in written
        assert not any(member.username in figures for member in members)
        search_backup(marks)
        closing.close(poll)


def search_backup(marks):
    out = io.BytesIO()
    write.write(out, lambda *_: None)
    out.seek(0)
    found = set()
    with tarfile.open(fileobj=out) as tar:
        for file in tar.getmembers():
            text = tar.extractfile(file).read().decode(errors="replace")
            if any(mark in text for mark in marks):
                found.add(file.name)
            if file.name.endswith(".copy"):
                ids = [line.split("\t")[0] for line in text.splitlines()]
                assert len(ids) == VOTERS and ids == sorted(ids)
    assert found == {"rows/polls_secretballot.copy"}


def test_a_late_voter_is_shuffled_with_earlier_ones(open_poll, crowd):
    *early, late = crowd(VOTERS)
    poll = open_poll(secret=True)
    for member in early:
        voting.cast(poll, member=member, marks=[poll.option_ids[0]], token=uuid4())
    assert shuffling.shuffle(poll.pk) is True
    assert shuffling.shuffle(poll.pk) is False
    voting.cast(poll, member=late, marks=[poll.option_ids[1]], token=uuid4())
    assert links(poll) == [1, VOTERS - 1]
    assert shuffling.shuffle(poll.pk) is True
    assert links(poll) == [VOTERS]
    assert Voter.objects.count() == SecretBallot.objects.count() == VOTERS


@pytest.mark.parametrize("act", ["change", "withdraw"])
def test_a_ballot_is_changed_and_withdrawn_while_its_poll_is_shuffled(act, open_poll, ben, cleo):
    poll = open_poll(secret=True, withdrawable=True)
    first, mark = uuid4(), [poll.option_ids[1]]
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=first)
    voting.cast(poll, member=cleo, marks=[poll.option_ids[0]], token=uuid4())
    acts = {
        "change": lambda: voting.cast(poll, member=ben, marks=mark, token=uuid4(), over=first),
        "withdraw": lambda: voting.withdraw(poll, member=ben, over=first),
    }
    assert before_commit(lambda: shuffling.shuffle(poll.pk), acts[act]) is None
    assert SecretBallot.objects.filter(marks=mark).count() == (act == "change")
    assert SecretBallot.objects.count() == Voter.objects.count() == (2 if act == "change" else 1)


def test_a_shuffle_that_breaks_off_keeps_every_row(open_poll, crowd, monkeypatch):
    poll = open_poll(secret=True)
    for member in crowd(3):
        voting.cast(poll, member=member, marks=[poll.option_ids[0]], token=uuid4())
    before = set(Voter.objects.values_list("pk", "member"))
    monkeypatch.setattr(shuffling, "SHUFFLE_VOTERS", "SELECT 1 / 0 WHERE %(poll)s = %(poll)s")
    with pytest.raises(Exception, match="division by zero"):
        shuffling.shuffle(poll.pk)
    assert set(Voter.objects.values_list("pk", "member")) == before
    assert SecretBallot.objects.count() == 3
