"""Presence: the number of readers and the names of writers, without members who hide theirs."""

import asyncio
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_redis import get_redis_connection

from forums.live import streams
from forums.live.connections import heartbeat, presence
from forums.live.connections.access_recheck import AccessRecheck
from forums.live.connections.hub import here
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.process_states import exchange, states, topics
from tests import event_loop
from tests.forums.live.conftest import do, shed_load
from tests.websocket_client import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0.05)
    monkeypatch.setattr(presence, "EVERY", 0)


async def readers(page, number):
    """Waits until the page has received this number of readers."""
    while (await page.receive("readers_counted"))["readers"] != number:
        pass


def test_readers_are_members_once_and_visitors_and_nobody_who_does_not_want_to_be_seen(
    limes, stream, ada, ben, cleo
):
    async def scene():
        pages = [
            WebSocketClient(ada),
            WebSocketClient(ada),
            WebSocketClient(ben),
            WebSocketClient(cleo),
            WebSocketClient(),
        ]
        for page in pages:
            await page.join(stream)
        for page in pages:
            await readers(page, 3)  # Ada, Ben, a visitor
        await pages.pop().disconnect()
        await readers(pages[0], 2)
        elsewhere = WebSocketClient()
        await elsewhere.join(streams.TOPICS)
        assert await elsewhere.receive_all("readers_counted") == []
        for page in (*pages, elsewhere):
            await page.disconnect()

    cleo.show_presence = False
    cleo.save()
    event_loop.run(scene())


def test_readers_of_all_processes_are_counted_until_a_process_dies(limes, stream):
    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        await readers(page, 1)
        other = here().heartbeat.state() | {"process": "elsewhere-1", "topics": {str(limes.pk): [41, 0, 0.0]}}
        await do(exchange, other)
        await readers(page, 42)
        newcomer = WebSocketClient()
        await newcomer.join(stream)
        assert (await newcomer.receive("readers_counted"))["readers"] >= 42
        await do(forget, other["process"])
        await readers(page, 2)
        for each in (page, newcomer):
            await each.disconnect()

    def forget(process):
        get_redis_connection("default").delete(streams.key(f"process:{process}"))

    event_loop.run(scene())


def test_a_number_is_sent_again_only_when_it_has_changed(limes, stream):
    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        await readers(page, 1)
        assert await page.receive_all("readers_counted", seconds=0.4) == []
        await page.disconnect()

    event_loop.run(scene())


def test_numbers_are_sent_at_most_every_few_seconds(limes, stream, monkeypatch):
    monkeypatch.setattr(presence, "EVERY", 60)

    async def scene():
        page, other = WebSocketClient(), WebSocketClient()
        await page.join(stream)
        await readers(page, 1)
        await other.join(stream)
        assert await page.receive_all("readers_counted", seconds=0.4) == []
        for each in (page, other):
            await each.disconnect()

    event_loop.run(scene())


def test_a_writing_member_is_shown_by_the_name_in_the_database(limes, opening, stream, ben, ada, open_topic):
    async def scene():
        reader, writer, elsewhere = WebSocketClient(ada), WebSocketClient(ben), WebSocketClient()
        await reader.join(stream)
        await writer.join(stream)
        await elsewhere.join(other)
        await writer.send(writing=stream, parent=opening.pk)
        message = {
            "kind": "reply_begun",
            "topic": limes.pk,
            "by": "Ben",
            "member": ben.pk,
            "parent": opening.pk,
        }
        assert await reader.receive("reply_begun") == message
        # Further keys send no further message.
        for _ in range(5):
            await writer.send(writing=stream, parent=opening.pk)
        assert await reader.receive_all("reply_begun") == [] == await elsewhere.receive_all("reply_begun")
        for page in (reader, writer, elsewhere):
            await page.disconnect()

    other = streams.topic(open_topic("Another").pk)
    event_loop.run(scene())


@pytest.mark.parametrize("why_not", ["visitor", "hidden", "locked", "silenced", "not joined", "crowded"])
def test_members_who_may_not_write_or_hide_presence_are_not_shown_as_writing(
    limes, opening, stream, ben, ada, mod, why_not
):
    async def scene():
        reader, writer = WebSocketClient(ada), WebSocketClient(None if why_not == "visitor" else ben)
        await reader.join(stream)
        await (writer.connect() if why_not == "not joined" else writer.join(stream))
        if why_not == "crowded":
            shed_load(stream, Step.COUNTS)
        await writer.send(writing=stream, parent=opening.pk)
        assert await reader.receive_all("reply_begun") == []
        for page in (reader, writer):
            await page.disconnect()

    if why_not == "hidden":
        ben.show_presence = False
        ben.save()
    elif why_not == "locked":
        limes.lock(by=mod)
    elif why_not == "silenced":
        ben.silence(by=mod, reason="Enough.", until=timezone.now() + timedelta(days=1))
    event_loop.run(scene())


def test_presence_ends_when_a_member_hides_it(limes, opening, stream, ben, ada, sign_in, monkeypatch):
    async def scene():
        reader, writer = WebSocketClient(ada), WebSocketClient(ben)
        for page in (reader, writer):
            await page.join(stream)
        await readers(reader, 2)
        await writer.send(writing=stream, parent=opening.pk)
        assert await reader.receive("reply_begun")
        assert (await do(browser.post, "/accounts/settings/preferences/", choices)).status_code == 302
        await readers(reader, 1)
        await writer.send(writing=stream, parent=opening.pk)
        assert await reader.receive_all("reply_begun") == []
        for page in (reader, writer):
            await page.disconnect()

    browser = sign_in(ben)
    form = browser.get("/accounts/settings/preferences/").context["form"]
    choices = {name: form[name].value() for name in form.fields if name != "show_presence"}
    monkeypatch.setattr(presence, "WRITING_EVERY", 0)
    monkeypatch.setattr(AccessRecheck, "sweep", lambda *share: None)  # it runs once a minute
    event_loop.run(scene())


def test_operators_see_the_topics_that_are_read(limes, stream, ben, client, capsys):
    async def scene():
        pages = [WebSocketClient(ben), WebSocketClient()]
        for page in pages:
            await page.join(stream)
        shed_load(stream, Step.COUNTS)
        await readers(pages[1], 2)
        assert len(await do(states)) == 1
        while topics(await do(states))[limes.pk]["step"] != Step.COUNTS:  # written before
            await asyncio.sleep(0.05)
        await do(call_command, "live")
        figures = (await do(client.get, "/metrics")).content.decode()
        for page in pages:
            await page.disconnect()
        return figures

    call_command("live")
    assert capsys.readouterr().out == "Nobody is connected.\n"
    figures = event_loop.run(scene())
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split()[:2] == ["2", "1"]
    assert printed[-1].split() == ["2", "counts", printed[-1].split()[2], str(limes.pk), *limes.title.split()]
    assert (
        'folkmoot_live_topics{step="counts"} 1.0' in figures
        and 'folkmoot_live_topics{step="full"} 0.0' in figures
    )
    assert 'folkmoot_live_sockets{process="' in figures and "folkmoot_request_seconds" in figures
