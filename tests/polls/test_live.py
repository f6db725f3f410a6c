"""Who hears what on a topic's stream, and who does not."""

import asyncio
import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from forums import live, streams
from forums.consumers import NOT_UNDERSTOOD, TOO_MUCH, Live
from polls import casting, closing
from tests.polls import loops

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A tab: its messages one by one, as a page would handle them."""

    def __init__(self, user=None):
        self.socket = WebsocketCommunicator(Live.as_asgi(), "/ws/")
        self.socket.scope["user"] = user or AnonymousUser()
        self._heard = []

    async def join(self, stream):
        await self.socket.connect()
        return await self.ask(stream)

    async def ask(self, stream):
        await self.socket.send_to(text_data=json.dumps({"join": stream}))
        return await self.next("joined", "refused")

    async def next(self, *kinds, timeout=10):
        """The next message of one of these kinds; others before it are left out."""
        while True:
            while self._heard:
                message = self._heard.pop(0)
                if message["kind"] in kinds:
                    return message
            self._heard = json.loads(await self.socket.receive_from(timeout))

    async def heard_nothing(self):
        return not self._heard and await self.socket.receive_nothing(timeout=0.6)

    async def leave(self):
        await self.socket.disconnect()


vote = sync_to_async(lambda poll, member, place=0, token=None: casting.cast(
    poll, member=member, marks=[poll.option_ids[place]], token=token or uuid4()
))  # fmt: skip
close = sync_to_async(closing.close)


@pytest.fixture
def poll(open_poll):
    return open_poll(results_show="after_voting")


def test_those_who_have_voted_hear_results_and_the_others_turnout_alone(poll, ben, cleo, ada, mod):
    async def scene():
        await vote(poll, ben)
        voter, other, visitor = Listener(ben), Listener(cleo), Listener()
        stream = live.topic(poll.topic_id)
        for each in (voter, other, visitor):
            assert (await each.join(stream))["kind"] == "joined"
        await vote(poll, ada, 1)
        told = await voter.next("poll_counted")
        assert (told["poll"], told["turnout"]) == (poll.pk, 2) and "Option 2" in told["results"]
        for each in (other, visitor):
            assert await each.next("poll_counted") == {"kind": "poll_counted", "poll": poll.pk, "turnout": 2}
        # After voting and asking anew, Cleo hears results too.
        await vote(poll, cleo)
        await other.ask(stream)
        await vote(poll, mod, 2)
        while (told := await other.next("poll_counted"))["turnout"] < 4:
            pass
        assert "results" in told
        for each in (voter, other, visitor):
            await each.leave()

    loops.run(scene())


def test_the_close_is_told_to_all(poll, ben):
    async def scene():
        visitor = Listener()
        await visitor.join(live.topic(poll.topic_id))
        await vote(poll, ben)
        await close(poll)
        assert await visitor.next("poll_closed") == {"kind": "poll_closed", "poll": poll.pk}
        await visitor.leave()

    loops.run(scene())


def test_a_private_topic_is_heard_by_its_group_and_by_nobody_else(poll, mod, ben, topic):
    async def scene():
        insider, outsider, visitor = Listener(mod), Listener(ben), Listener()
        stream = live.topic(topic.pk)
        assert [(await each.join(stream))["kind"] for each in (insider, outsider, visitor)] == [
            "joined", "refused", "refused",
        ]  # fmt: skip
        assert (await visitor.ask(live.topic(10**12)))["kind"] == "refused"
        await vote(poll, mod)
        assert (await insider.next("poll_counted"))["turnout"] == 1
        assert await outsider.heard_nothing() and await visitor.heard_nothing()
        for each in (insider, outsider, visitor):
            await each.leave()

    topic.category.see_groups = [mod.groups.get().pk]
    topic.category.save()
    loops.run(scene())


def test_live_results_say_that_they_pause_without_redis_and_when_they_are_back(poll, ben, settings):
    here, nowhere = settings.CACHES, {"LOCATION": "unix:///tmp/fm-nowhere/redis.sock"}

    async def scene():
        visitor = Listener()
        settings.CACHES = here | {"default": here["default"] | nowhere}
        await visitor.socket.connect()
        await visitor.socket.send_to(text_data=json.dumps({"join": live.topic(poll.topic_id)}))
        assert await visitor.next("paused") == {"kind": "paused"}
        settings.CACHES = here
        assert await visitor.next("resumed") == {"kind": "resumed"}
        await vote(poll, ben)
        assert (await visitor.next("poll_counted"))["turnout"] == 1
        await visitor.leave()

    loops.run(scene())


def test_a_rush_is_told_in_at_most_four_batches_a_second(poll, crowd):
    members = crowd(40)

    async def scene():
        visitor = Listener()
        await visitor.join(live.topic(poll.topic_id))
        began, batches = asyncio.get_running_loop().time(), 0
        voting = asyncio.gather(*(vote(poll, member) for member in members))
        while (await visitor.next("poll_counted"))["turnout"] < 40:
            batches += 1
        await voting
        passed = asyncio.get_running_loop().time() - began
        assert batches <= passed / streams.BATCH + 1
        await visitor.leave()

    loops.run(scene())


@pytest.mark.parametrize(
    "text", [" ", "nonsense", "[]", "{}", '{"join": 7}', '{"join": "topic:x"}', '{"join": "topic:' + "9" * 300 + '"}']
)  # fmt: skip
def test_what_a_page_would_not_say_ends_the_socket(text):
    async def scene():
        listener = Listener()
        await listener.socket.connect()
        await listener.socket.send_to(text_data=text)
        assert (await listener.socket.receive_output())["code"] == NOT_UNDERSTOOD

    loops.run(scene())


def test_who_asks_too_often_is_sent_away(poll):
    async def scene():
        listener = Listener()
        await listener.socket.connect()
        for _ in range(20):
            assert (await listener.ask(live.topic(poll.topic_id)))["kind"] == "joined"
        await listener.socket.send_to(text_data=json.dumps({"join": live.topic(poll.topic_id)}))
        assert (await listener.socket.receive_output())["code"] == TOO_MUCH

    loops.run(scene())


def test_each_version_is_encoded_once_and_an_empty_one_is_not_told():
    class Ear:
        def __init__(self, *labels):
            self.labels, self.texts = frozenset(labels), []

        async def tell(self, text):
            self.texts.append(text)

    ears = [Ear("poll:1"), Ear("poll:1", "poll:9"), Ear(), Ear("poll:2")]
    batch = [{"poll:1": {"kind": "full"}, "": {"kind": "bare"}}, {"poll:2": {"kind": "two"}, "": {}}]
    loops.run(streams.deliver(ears, batch))
    assert [ear.texts for ear in ears] == [
        ['[{"kind":"full"}]'],
        ['[{"kind":"full"}]'],
        ['[{"kind":"bare"}]'],
        ['[{"kind":"bare"},{"kind":"two"}]'],
    ]
    assert ears[0].texts[0] is ears[1].texts[0]
