"""Which viewers receive which messages of a poll on its topic's stream."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from forums.live import streams as live_streams
from forums.live.delivery import stream as streams
from forums.live.delivery.load_shedding import Step
from polls.ballots import closing
from polls.ballots import voting as ballot_voting
from tests import event_loop
from tests.forums.live.conftest import received, shed_load
from tests.websocket_client import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)


vote = sync_to_async(lambda poll, member, place=0, token=None: ballot_voting.cast(
    poll, member=member, marks=[poll.option_ids[place]], token=token or uuid4()
))  # fmt: skip
close = sync_to_async(closing.close)


@pytest.fixture
def poll(open_poll):
    return open_poll(results_show="after_voting")


def test_voters_receive_results_and_the_others_only_the_turnout(poll, ben, cleo, ada, mod):
    async def scene():
        await vote(poll, ben)
        voter, other, visitor = WebSocketClient(ben), WebSocketClient(cleo), WebSocketClient()
        stream = live_streams.topic(poll.topic_id)
        for each in (voter, other, visitor):
            assert await each.join(stream) == ["joined"]
        await vote(poll, ada, 1)
        told = await voter.receive("poll_counted")
        assert (told["poll"], told["turnout"]) == (poll.pk, 2) and "Option 2" in told["results"]
        for each in (other, visitor):
            assert await each.receive("poll_counted") == {
                "kind": "poll_counted",
                "poll": poll.pk,
                "turnout": 2,
                "share": f"{200 / poll.roll_size:.0f} %",
            }
        # After voting and asking anew, Cleo hears results too.
        await vote(poll, cleo)
        await other.send_join(stream)
        await vote(poll, mod, 2)
        while (told := await other.receive("poll_counted"))["turnout"] < 4:
            pass
        assert "results" in told
        for each in (voter, other, visitor):
            await each.disconnect()

    event_loop.run(scene())


def test_under_load_only_the_turnout_is_sent_and_then_nothing_and_pages_can_poll(
    open_poll, ada, ben, cleo, visitor
):
    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        for step, member, told in (
            (Step.FULL, ada, {"poll", "turnout", "share", "results"}),
            (Step.COUNTS, ben, {"poll", "turnout", "share"}),
            (Step.POLLING, cleo, None),
        ):
            shed_load(stream, step)
            await vote(poll, member)
            heard = [set(each) - {"kind"} for each in await received(page, "poll_counted", stream=stream)]
            assert heard == ([told] if told else [])
        await page.disconnect()

    poll = open_poll()
    stream = live_streams.topic(poll.topic_id)
    event_loop.run(scene())
    answer = visitor.get(f"/poll/{poll.pk}/state/").json()
    assert answer["turnout"] == 3 and "Option 1" in answer["results"]


def test_all_receive_the_close(poll, ben):
    async def scene():
        visitor = WebSocketClient()
        await visitor.join(live_streams.topic(poll.topic_id))
        await vote(poll, ben)
        await close(poll)
        assert await visitor.receive("poll_closed") == {"kind": "poll_closed", "poll": poll.pk}
        await visitor.disconnect()

    event_loop.run(scene())


def test_only_its_group_receives_the_polls_of_a_private_topic(poll, mod, ben, topic):
    async def scene():
        insider, outsider, visitor = WebSocketClient(mod), WebSocketClient(ben), WebSocketClient()
        stream = live_streams.topic(topic.pk)
        assert [await each.join(stream) for each in (insider, outsider, visitor)] == [
            ["joined"], ["refused"], ["refused"],
        ]  # fmt: skip
        assert (await visitor.send_join(live_streams.topic(10**12)))["kind"] == "refused"
        await vote(poll, mod)
        assert (await insider.receive("poll_counted"))["turnout"] == 1
        await received(insider, stream=stream)
        assert await outsider.receive_all(seconds=0) == await visitor.receive_all(seconds=0) == []
        for each in (insider, outsider, visitor):
            await each.disconnect()

    topic.category.see_groups = [mod.groups.get().pk]
    topic.category.save()
    event_loop.run(scene())


def test_live_results_say_that_they_pause_without_redis_and_when_they_are_back(poll, ben, redis_is):
    async def scene():
        visitor = WebSocketClient()
        redis_is("away")
        await visitor.join(live_streams.topic(poll.topic_id))
        assert await visitor.receive("paused") == {"kind": "paused"}
        redis_is("back")
        assert await visitor.receive("resumed") == {"kind": "resumed"}
        await vote(poll, ben)
        assert (await visitor.receive("poll_counted"))["turnout"] == 1
        await visitor.disconnect()

    event_loop.run(scene())


def test_a_rush_is_sent_in_at_most_four_batches_per_second(poll, crowd):
    members = crowd(40)

    async def scene():
        visitor = WebSocketClient()
        await visitor.join(live_streams.topic(poll.topic_id))
        began, batches = asyncio.get_running_loop().time(), 0
        voting = asyncio.gather(*(vote(poll, member) for member in members))
        while (await visitor.receive("poll_counted"))["turnout"] < 40:
            batches += 1
        await voting
        passed = asyncio.get_running_loop().time() - began
        assert batches <= passed / streams.BATCH + 1
        await visitor.disconnect()

    event_loop.run(scene())
