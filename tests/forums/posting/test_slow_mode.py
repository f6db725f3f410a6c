"""Slow mode: each member may reply once in an interval, even with simultaneous requests."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from forums.access.refusal import Refused
from forums.models import SlowMode, Topic

NOW = timezone.now()


@pytest.fixture
def at(ben):
    """Adds Ben's reply to `parent`, 30 seconds after the beginning: `at(30, parent)`."""

    def at(seconds, parent, author=ben, token=None, body="And another thing."):
        token = token or uuid4()
        topic = Topic.objects.get(pk=parent.topic_id)
        when = NOW + timedelta(seconds=seconds)
        return topic.reply(author=author, parent=parent, body=body, token=token, at=when)

    return at


def told(reply, *args, **said):
    """Returns the seconds that the author must wait, or 0 if the reply is stored."""
    try:
        reply(*args, **said)
    except Refused as refused:
        return refused.wait
    return 0


def test_each_member_replies_once_in_so_many_seconds(limes, opening, at, ben, cleo, mod):
    SlowMode.impose(limes, seconds=60, by=mod)
    assert told(at, 0, opening) == 0
    assert (told(at, 18, opening), told(at, 59.5, opening)) == (42, 1)
    assert told(at, 18, opening, author=cleo) == 0
    assert told(at, 60, opening) == 0
    assert told(at, 61, opening) == 59
    assert [told(at, second, opening, author=mod) for second in (1, 2)] == [0, 0]
    assert limes.comments.filter(author=ben).count() == 2


def test_without_slow_mode_nobody_waits_and_nothing_is_looked_up(limes, opening, at, mod):
    assert [told(at, second, opening) for second in (1, 2)] == [0, 0]
    SlowMode.impose(limes, seconds=60, by=mod)
    assert told(at, 3, opening) == 59
    SlowMode.lift(limes)
    assert told(at, 3, opening) == 0
    assert not Topic.objects.get(pk=limes.pk).is_slow


def test_in_each_branch_members_may_speak_once(limes, opening, at, mod, cleo):
    here, there = at(-600, opening, author=cleo), at(-600, opening, author=cleo)
    SlowMode.impose(limes, seconds=60, scope="branch", by=mod)
    deep = at(0, here)
    assert told(at, 10, deep) == 50
    assert told(at, 10, there) == 0
    assert told(at, 11, here) == 49
    # New branches count together, because otherwise a member could begin any number of them.
    assert told(at, 12, opening) == 0
    assert told(at, 20, opening) == 52


def test_one_branch_alone_can_be_slow(limes, opening, at, mod, cleo):
    heated = at(-600, opening, author=cleo)
    SlowMode.impose(limes, seconds=300, branch=heated, by=mod)
    below = at(0, heated)
    assert told(at, 30, below) == 270
    assert [told(at, second, opening) for second in (31, 32)] == [0, 0]
    SlowMode.impose(limes, seconds=15, by=mod)
    assert told(at, 40, opening) == 7
    assert told(at, 40, heated) == 260
    SlowMode.lift(limes)
    assert Topic.objects.get(pk=limes.pk).is_slow
    assert (told(at, 41, opening), told(at, 41, heated)) == (0, 259)


def test_a_double_click_is_no_second_reply(limes, opening, at, mod):
    SlowMode.impose(limes, seconds=60, by=mod)
    token = uuid4()
    assert at(0, opening, token=token) == at(1, opening, token=token)
    assert limes.comments.count() == 2


def test_deleting_does_not_shorten_the_wait(limes, opening, at, mod):
    SlowMode.impose(limes, seconds=60, by=mod)
    at(0, opening).delete_by_author()
    assert told(at, 20, opening) == 40


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_at_once_one_waits(limes, opening, ben, mod):
    for _ in range(5):
        topic = Topic.open(author=mod, category=limes.category, title="T", body="B", token=uuid4())
        SlowMode.impose(topic, seconds=60, by=mod)
        parent, barrier = topic.comments.get(), Barrier(4)

        def write(number, topic=topic, parent=parent, barrier=barrier):
            own = Topic.objects.get(pk=topic.pk)
            barrier.wait()
            try:
                own.reply(author=ben, parent=parent, body=f"No. {number}", token=uuid4())
                return "stored"
            except Refused:
                return "waits"
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(write, range(4)))
        assert answers == ["stored", "waits", "waits", "waits"]
        assert topic.comments.count() == 2


def test_the_text_comes_back_with_when_to_send_it_again(sign_in, ben, limes, opening, mod):
    SlowMode.impose(limes, seconds=60, by=mod)
    browser, address = sign_in(ben), f"/t/{limes.pk}/reply/"
    page = browser.get(limes.get_absolute_url()).text
    assert "Slow mode: each member may reply once a minute in the whole topic." in page
    sent = {"body": "First.", "token": str(uuid4()), "parent": opening.pk}
    assert browser.post(address, sent).status_code == 303
    sent = {"body": "Second.", "token": str(uuid4()), "parent": opening.pk}
    browser.post("/drafts/save/", sent)
    refused = browser.post(address, sent)
    assert (refused.status_code, "Second." in refused.text) == (429, True)
    assert 50 < int(refused["Retry-After"]) <= 60
    assert "Please send this again in" in refused.text and sent["token"] in refused.text
    assert ben.drafts.get().body == "Second."
    SlowMode.objects.update(seconds=0)
    assert browser.post(address, sent).status_code == 303


@pytest.mark.parametrize("where", ["topic", "branch"])
def test_only_moderators_slow_down(sign_in, ada, ben, mod, visitor, limes, opening, say, where):
    heated = say(opening)
    address = f"/t/{limes.pk}/slow/" + (f"?branch={heated.pk}" if where == "branch" else "")
    sent = {"seconds": "60", "scope": "branch"}
    assert visitor.post(address, sent).url.startswith("/accounts/login/")
    for member in (ada, ben):
        assert sign_in(member).post(address, sent).status_code == 403
    assert not SlowMode.objects.exists()
    assert sign_in(mod).get(address).status_code == 200
    assert sign_in(mod).post(address, sent).status_code == 303
    mode, branch = SlowMode.objects.get(), heated if where == "branch" else None
    assert (mode.seconds, mode.branch, mode.set_by) == (60, branch, mod)
    assert mode.scope == ("member" if branch else "branch")
    assert sign_in(mod).post(address, sent | {"seconds": "0"}).status_code == 303
    assert not SlowMode.objects.exists()


@pytest.mark.parametrize(
    ("query", "sent", "status"),
    [
        ("", {"seconds": "61"}, 400),
        ("", {"seconds": "-1"}, 400),
        ("", {"scope": "all"}, 400),
        ("?branch=x", {}, 404),
        ("?branch=٣", {}, 404),
        ("?branch=" + "9" * 40, {}, 404),
    ],
)
def test_what_cannot_be_a_pace_is_refused(sign_in, mod, limes, query, sent, status):
    sound = {"seconds": "60", "scope": "member"}
    assert sign_in(mod).post(f"/t/{limes.pk}/slow/{query}", sound | sent).status_code == status
    assert not SlowMode.objects.exists()
    assert sign_in(mod).post(f"/t/{limes.pk}/slow/", sound).status_code == 303
