"""The tally in Redis equals the ballots in Postgres, whatever happens in between."""

from collections import Counter
from threading import Thread
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django_redis import get_redis_connection

from polls import tasks
from polls.ballots import ballot_store, voting
from polls.counting import ballot_count, outcome, tally_cache
from polls.tally import cells

pytestmark = pytest.mark.django_db(transaction=True)


def vote(poll, member, place=0):
    voting.cast(poll, member=member, marks=[poll.option_ids[place]], token=uuid4())


def shown(poll):
    return +tally_cache.read(poll)


def true(poll):
    return +ballot_count.count(poll)[0]


def put_in(poll, member):
    """A ballot that is committed but not yet added to the tally in Redis."""
    written = ballot_store.cast(poll, ballot_store.Sent(member.pk, (poll.option_ids[0],), uuid4()))
    assert written is not None
    return written, Counter(cells(poll.counting_method, (poll.option_ids[0],)))


def test_a_flushed_tally_is_counted_again(open_poll, ben, cleo):
    poll = open_poll()
    vote(poll, ben)
    cache.clear()
    assert shown(poll) == {"ballots": 1, str(poll.option_ids[0]): 1}
    cache.clear()
    vote(poll, cleo)
    assert shown(poll) == true(poll) == {"ballots": 2, str(poll.option_ids[0]): 2}


def test_a_ballot_that_the_count_includes_is_not_added_again(open_poll, ben):
    poll = open_poll()
    written, change = put_in(poll, ben)
    assert tally_cache.read(poll)["ballots"] == 1
    tally_cache.raise_cells(poll, written, change)
    assert shown(poll) == true(poll)


def test_a_ballot_that_comes_after_the_count_is_added(open_poll, ben):
    poll = open_poll()
    assert shown(poll) == {}
    written, change = put_in(poll, ben)
    tally_cache.raise_cells(poll, written, change)
    assert shown(poll) == true(poll) == {"ballots": 1, str(poll.option_ids[0]): 1}


@pytest.mark.parametrize("told", ["while counting", "after it"])
def test_a_ballot_written_during_a_count_is_counted_once(told, open_poll, ben, cleo):
    poll = open_poll()
    vote(poll, ben)
    late = []

    def meanwhile():
        late.append(put_in(poll, cleo))
        if told == "while counting":
            tally_cache.raise_cells(poll, *late[0])

    tally_cache.check(poll, wait=meanwhile)
    if told == "after it":
        tally_cache.raise_cells(poll, *late[0])
    assert shown(poll) == true(poll) == {"ballots": 2, str(poll.option_ids[0]): 2}


def test_a_transaction_that_was_open_during_the_count_is_added_afterwards(open_poll, ben, cleo):
    poll = open_poll()
    vote(poll, ben)
    with transaction.atomic():
        told = put_in(poll, cleo)
        differing = _in_another_thread(lambda: tally_cache.check(poll))
    assert differing == 0 and shown(poll)["ballots"] == 1
    tally_cache.raise_cells(poll, *told)
    assert shown(poll) == true(poll) == {"ballots": 2, str(poll.option_ids[0]): 2}


def _in_another_thread(work):
    found = []

    def run():
        try:
            found.append(work())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_the_check_repairs_a_lost_addition_and_logs_it(open_poll, ben, cleo, caplog):
    poll = open_poll()
    assert shown(poll) == {}
    vote(poll, ben)
    put_in(poll, cleo)
    assert shown(poll)["ballots"] == 1
    tasks.check_tallies()
    assert shown(poll) == true(poll) == {"ballots": 2, str(poll.option_ids[0]): 2}
    assert "tally repaired" in caplog.text
    caplog.clear()
    tasks.check_tallies()
    assert "tally repaired" not in caplog.text


def test_recount_poll_says_whether_the_result_agrees(open_poll, ben, cleo, capsys):
    poll = open_poll()
    vote(poll, ben)
    call_command("recount_poll", str(poll.pk))
    assert "1 ballot. The result that is shown agrees" in capsys.readouterr().out
    get_redis_connection("default").hincrby(f"{{poll:{poll.pk}}}:tally", "ballots", 7)
    assert tally_cache.read(poll)["ballots"] == 8
    call_command("recount_poll", str(poll.pk))
    assert "differed in 1 of its numbers and is repaired" in capsys.readouterr().out
    assert shown(poll) == true(poll)


def test_without_redis_a_form_is_counted_and_shown(open_poll, ben, sign_in, redis_is):
    poll = open_poll()
    browser = sign_in(ben)
    redis_is("away")
    answer = browser.post(f"/poll/{poll.pk}/vote/", {"token": uuid4(), "option": poll.option_ids[0]})
    page = browser.get(poll.get_absolute_url()).content.decode()
    redis_is("back")
    assert answer.status_code == 303
    assert "You have voted" in page and "<b data-turnout>1</b>" in page


def test_without_redis_votes_count_and_results_come_from_postgres(open_poll, ben, cleo, redis_is):
    poll = open_poll()
    vote(poll, ben)
    redis_is("away")
    vote(poll, cleo)
    assert outcome.cells(poll) == true(poll) == {"ballots": 2, str(poll.option_ids[0]): 2}
    redis_is("back")
    assert shown(poll) == true(poll)
