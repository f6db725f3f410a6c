"""Voters and secret ballots cannot be joined: not by rows, not by order, not in the admin site or exports."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.test import Client

from accounts.models import User
from polls.ballots import closing, shuffling, voting
from polls.models import Ballot, Poll, SecretBallot, Voter
from polls.models.entry import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def voted(open_poll, crowd):
    """A secret poll of three options in which twelve members have voted, one after the other."""
    with connection.cursor() as cursor:
        # Rows of earlier tests leave gaps. A row that fills one stands before rows that were written earlier.
        cursor.execute("VACUUM FULL polls_secretballot, polls_voter")
    poll = open_poll(secret=True, results_show="at_close")
    keys = {}
    for place, member in enumerate(crowd(12)):
        keys[member.pk] = uuid4()
        voting.cast(poll, member=member, marks=[poll.option_ids[place % 3]], token=keys[member.pk])
    return poll, keys


def physical(table, poll):
    """Rows as Postgres stores them: their places and the transactions that wrote them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ctid::text, xmin::text, * FROM {table} WHERE poll_id = %s ORDER BY ctid", [poll.pk]
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_two_rows_have_no_column_in_common_but_the_poll():
    columns = [{field.column for field in model._meta.concrete_fields} for model in (Voter, SecretBallot)]
    assert columns[0] == {"id", "poll_id", "member_id"}
    assert columns[1] == {"id", "poll_id", "receipt", "marks"}
    kept_by_time = (models.DateField, models.TimeField)
    for model in (Voter, SecretBallot):
        assert not any(isinstance(field, kept_by_time) for field in model._meta.concrete_fields)


def test_no_identity_is_shared_or_counted_up(voted):
    poll, _ = voted
    voters = set(Voter.objects.filter(poll=poll).values_list("pk", flat=True))
    ballots = set(SecretBallot.objects.filter(poll=poll).values_list("pk", flat=True))
    assert len(voters) == len(ballots) == 12 and not voters & ballots
    assert {key.version for key in voters | ballots} == {4}


def test_no_key_is_stored_anywhere_in_the_database(voted):
    _, keys = voted
    with connection.cursor() as cursor:
        for table in ("polls_voter", "polls_secretballot", "polls_entry", "polls_poll"):
            cursor.execute(f"SELECT coalesce(string_agg({table}::text, ' '), '') FROM {table}")
            text = cursor.fetchone()[0]
            assert not any(str(key) in text or key.hex in text for key in keys.values())


@pytest.mark.parametrize("rewrite", [lambda poll: shuffling.shuffle(poll.pk), closing.close])
def test_postgres_could_join_them_until_the_shuffle_or_the_close_and_not_afterwards(rewrite, voted):
    poll, _ = voted
    voters, ballots = physical("polls_voter", poll), physical("polls_secretballot", poll)
    # As polls/README.md says: one transaction wrote a voter and a ballot.
    assert [row["xmin"] for row in voters] == [row["xmin"] for row in ballots]
    assert len({row["xmin"] for row in voters}) == 12
    rewrite(poll)
    closing.scrub()
    voters, ballots = physical("polls_voter", poll), physical("polls_secretballot", poll)
    assert len({row["xmin"] for row in voters + ballots}) == 1
    assert [row["member_id"] for row in voters] == sorted(row["member_id"] for row in voters)
    assert [row["receipt"] for row in ballots] == sorted(row["receipt"] for row in ballots)
    assert len(ballots) == 12


def test_the_task_removes_the_dead_rows_of_a_close_by_hand(open_poll, ada, crowd, sign_in):
    poll = open_poll(secret=True)
    for voter in crowd(6):
        voting.cast(poll, member=voter, marks=[poll.option_ids[0]], token=uuid4())
    closing.scrub()
    assert closing.scrub() is False
    assert sign_in(ada).post(f"/poll/{poll.pk}/close/").status_code == 303
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    assert closing.scrub() is True
    assert closing.scrub() is False
    assert "polls.tasks.scrub" in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}


def test_the_log_of_a_failed_statement_does_not_reveal_a_choice(open_poll, ben, cleo):
    """Postgres logs the text of failed statements, so the text must not contain the values."""
    poll = open_poll(secret=True)
    key = uuid4()
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=key)
    with pytest.raises(voting.NotCounted), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        voting.cast(poll, member=cleo, marks=[poll.option_ids[1]], token=key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE query LIKE '%polls_secretballot%'")
        texts = [row[0] for row in cursor.fetchall()]
        cursor.execute("SHOW log_parameter_max_length_on_error")
        assert cursor.fetchone() == ("0",)
    assert all(str([poll.option_ids[1]]) not in text for text in texts)


def test_the_admin_shows_turnout_and_no_secret_choice(voted):
    poll, _ = voted
    boss = User.objects.create_superuser("Boss", "boss@example.org", "a long password here")
    browser = Client()
    browser.force_login(boss)
    page = browser.get(f"/admin/polls/poll/{poll.pk}/change/").content.decode()
    assert "12" in page and "&quot;ballots&quot;" not in page
    receipts = SecretBallot.objects.values_list("receipt", flat=True)
    assert not any(receipt in page for receipt in receipts)
    assert not any(receipt in browser.get("/admin/polls/secretballot/").text for receipt in receipts)
    closing.close(poll)
    assert all(receipt in browser.get("/admin/polls/secretballot/").text for receipt in receipts)
    listed = browser.get("/admin/polls/voter/")
    assert listed.status_code == 200 and listed.content.decode().count("Voter1") > 0


@pytest.mark.parametrize("name", ["poll", "ballot", "voter"])
def test_nothing_of_a_poll_can_be_edited_in_the_admin(name, open_poll, ben):
    poll = open_poll()
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    secret = open_poll(secret=True)
    voting.cast(secret, member=ben, marks=[secret.option_ids[0]], token=uuid4())
    row = {"poll": poll, "ballot": Ballot.objects.get(), "voter": Voter.objects.get()}[name]
    boss = User.objects.create_superuser("Boss", "boss@example.org", "a long password here")
    browser = Client()
    browser.force_login(boss)
    base = f"/admin/polls/{name}"
    assert browser.get(f"{base}/{row.pk}/change/").status_code == 200
    statuses = [
        browser.get(f"{base}/add/").status_code,
        browser.post(f"{base}/{row.pk}/change/", {"question": "Changed"}).status_code,
        browser.post(f"{base}/{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    assert statuses == [403, 403, 403]
    assert Poll.objects.get(pk=poll.pk).question == "Which?"


def test_the_log_cannot_be_rewritten_by_anybody(open_poll):
    poll = open_poll()
    for change in (
        lambda: Entry.objects.filter(poll=poll).update(note="other"),
        lambda: Entry.objects.filter(poll=poll).delete(),
    ):
        with pytest.raises(DatabaseError, match="never rewritten"):
            change()
    assert Entry.objects.get(poll=poll).note == ""


def test_the_member_s_export_says_that_they_voted_in_secret_and_not_what(voted):
    from polls.data_export import _ballots, _secret

    poll, keys = voted
    member = User.objects.get(pk=next(iter(keys)))
    assert list(_secret(member)) == [{"voted_in": poll.pk}]
    assert list(_ballots(member)) == []
