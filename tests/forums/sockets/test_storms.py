"""Everybody comes at once, Redis goes away and comes back: nobody is told twice, and it costs little more than one."""

import asyncio

import pytest
from redis.asyncio.client import PubSub

from forums import changes, live, spreading
from forums.models import Topic
from forums.sockets import news, rights
from forums.sockets.desk import Desk
from forums.sockets.hub import here
from tests import loops
from tests.cast import member
from tests.forums.sockets.conftest import do
from tests.pages import Page, session_of

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60


def counted(answer, sizes):
    """The same answering, which writes down how many were asked at once."""

    def count(asked):
        sizes.append(len(asked))
        return answer(asked)

    return Desk(count)


def test_a_crowd_that_comes_back_is_let_in_and_told_what_it_missed_in_a_few_answers(
    limes, opening, stream, say, monkeypatch
):
    sessions = [session_of(member(f"Reader{n}")) for n in range(MANY)]
    asked, missed, looked_up = [], [], []
    since = changes.since
    monkeypatch.setattr(changes, "since", lambda *given: looked_up.append(given[1]) or since(*given))
    say(opening, "While they were away.")

    async def scene():
        here().rights, here().missed = counted(rights.answer, asked), counted(news.missed, missed)
        pages = [Page(session=session) for session in sessions]
        await asyncio.gather(*(page.connect() for page in pages))
        await asyncio.gather(*(page.say(join=stream, since=seen) for page in pages))
        told = await asyncio.gather(*(page.next("topic_changed") for page in pages))
        assert all(each == told[0] for each in told) and "While they were away." in str(told[0])
        for page in pages:
            assert await page.heard("topic_changed", seconds=0.01) == []
        # Each asked twice for its rights: who it is, and whether it may hear this. Some have been asked anew since.
        assert 2 * MANY <= sum(asked) < 3 * MANY and len(asked) < MANY / 2
        assert sum(missed) == MANY and len(missed) < MANY / 2
        assert set(looked_up) == {seen}
        await asyncio.gather(*(page.leave() for page in pages))

    seen = Topic.objects.get(pk=limes.pk).version - 1
    loops.run(scene())


def test_a_topic_that_is_joined_while_the_process_is_still_connecting_is_heard(stream, ben, monkeypatch):
    subscribe, is_sent, may_go_on = PubSub.subscribe, asyncio.Event(), asyncio.Event()

    async def slowly(pubsub, *channels):
        await subscribe(pubsub, *channels)
        is_sent.set()
        await may_go_on.wait()

    async def scene():
        page = await Page(ben).connect()
        await is_sent.wait()
        await page.say(join=stream)
        while stream not in here().streams:
            await asyncio.sleep(0.01)
        may_go_on.set()
        assert (await page.next("joined", "refused"))["kind"] == "joined"
        await do(live.publish, stream, "rung")
        assert await page.next("rung") == {"kind": "rung"}
        await page.leave()

    monkeypatch.setattr(PubSub, "subscribe", slowly)
    loops.run(scene())


def test_while_redis_is_away_pages_stay_and_on_its_return_they_are_told_what_happened(
    limes, opening, stream, say, ben, redis_is
):
    async def scene():
        redis_is("away")
        page = Page(ben)
        assert await page.join(stream, live.TOPICS, live.member(ben.pk)) == ["joined"] * 3
        assert await page.next("paused") == {"kind": "paused"}
        comment = await do(say, opening, "Posted without Redis.")
        assert (await do(Topic.objects.get, pk=limes.pk)).comment_count == 1
        redis_is("back")
        # Told once, and told of what happened meanwhile without having to ask.
        kinds = [each["kind"] for each in await page.heard("resumed", "topic_changed", "paused", seconds=4)]
        assert kinds.count("resumed") == kinds.count("topic_changed") == 1
        await do(say, opening, "And afterwards.")
        told = {(await page.next("topic_changed", "topics_changed"))["kind"] for _ in range(2)}
        assert told == {"topic_changed", "topics_changed"}
        assert await page.heard("topic_changed", "topics_changed") == []
        await do(live.publish, live.member(ben.pk), "notified", unread=1)
        assert (await page.next("notified"))["unread"] == 1
        assert comment.seq == 2
        await page.leave()

    loops.run(scene())


def test_what_waits_for_members_is_told_when_redis_is_back(opening, say, ada, redis_is):
    def notify():
        say(opening)
        spreading.spread()

    async def scene():
        redis_is("away")
        page = Page(ada)
        await page.join(live.member(ada.pk))
        assert await page.next("paused")
        await page.heard("notified")
        await do(notify)
        assert await page.heard("notified") == []
        redis_is("back")
        assert await page.next("resumed")
        assert (await page.next("notified"))["unread"] == 1
        await page.leave()

    spreading.spread()
    loops.run(scene())


def test_a_crowd_of_members_is_counted_for_in_a_few_queries():
    members = [member(f"Reader{n}") for n in range(MANY)]
    sessions, asked = [session_of(each) for each in members], []

    async def scene():
        here().unread = counted(news.unread, asked)
        pages = [Page(session=session) for session in sessions]
        await asyncio.gather(*(page.connect() for page in pages))
        await asyncio.gather(
            *(page.say(join=live.member(each.pk)) for page, each in zip(pages, members, strict=True))
        )
        await asyncio.gather(*(page.next("notified") for page in pages))
        assert sum(asked) == MANY and len(asked) < MANY / 2
        await asyncio.gather(*(page.leave() for page in pages))

    loops.run(scene())


def test_changes_that_happen_while_redis_is_away_are_found_by_looking(limes, opening, stream, say, redis_is):
    async def scene():
        redis_is("away")
        page = Page()
        await page.join(stream)
        assert await page.next("paused")
        await do(say, opening, "Seen after a few seconds.")
        assert "Seen after a few seconds." in str(await page.next("topic_changed"))
        redis_is("back")
        await page.leave()

    loops.run(scene())


def test_rights_that_ended_unheard_without_redis_end_on_its_return(
    limes, opening, stream, say, ben, mod, redis_is
):
    async def scene():
        redis_is("away")
        page = Page(ben)
        assert await page.join(stream) == ["joined"]
        assert await page.next("paused")
        await do(limes.set_hidden, by=mod)
        redis_is("back")
        assert await page.next("ended", timeout=5) == {"kind": "ended", "stream": stream}
        await page.leave()

    loops.run(scene())
