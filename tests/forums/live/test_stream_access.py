"""Open sockets lose access when rights end. Each test first proves that the access existed."""

from functools import partial

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.profiles.deletion import delete
from accounts.sign_in import sessions
from forums.access import permissions
from forums.live import streams
from forums.live.connections import access_recheck, stream_access
from forums.live.connections.access_recheck import AccessRecheck
from forums.live.connections.hub import here
from forums.live.connections.stream_access import AccessQuery
from forums.live.delivery.batcher import Batcher
from forums.models import Topic
from tests import event_loop
from tests.cast import member, session_key_of
from tests.forums.live.conftest import do, received
from tests.websocket_client import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 1
"""Seconds within which a socket must receive the end of its access."""


async def receives(page, say, opening, text="Still here?"):
    """Waits until the page has received a new reply."""
    await do(say, opening, text)
    while text not in str(await page.receive("topic_changed")):
        pass
    return True


async def receives_nothing(page, say, opening, text="Nobody there?"):
    """Returns whether the page receives nothing about a new reply."""
    await do(say, opening, text)
    return text not in str(await page.receive_all("topic_changed"))


def ends(user, stream, deed, *, is_closed=False):
    """Returns a scene: a page of `user` receives the stream until the deed, and then its end."""

    async def scene(say, opening):
        page = WebSocketClient(user)
        assert await page.join(stream) == ["joined"]
        assert await receives(page, say, opening)
        await do(deed)
        assert await page.receive("ended", timeout=SOON) == {"kind": "ended", "stream": stream}
        if is_closed:
            assert await page.wait_for_close(SOON) == access_recheck.SIGNED_OUT
        else:
            assert await receives_nothing(page, say, opening)
            assert (await page.send_join(stream))["kind"] == "refused"
        await page.disconnect()

    return scene


def test_a_suspended_member_receives_nothing_more(limes, opening, stream, say, ben, mod, ada):
    say = partial(say, author=ada)
    event_loop.run(
        ends(ben, stream, partial(ben.suspend, by=mod, reason="Enough."), is_closed=True)(say, opening)
    )


def test_only_moderators_receive_a_hidden_topic(limes, opening, stream, say, ben, mod):
    async def scene():
        moderator = WebSocketClient(mod)
        await moderator.join(stream)
        await ends(ben, stream, partial(limes.set_hidden, by=mod))(say, opening)
        assert await receives(moderator, say, opening, "Among us.")
        await moderator.disconnect()

    event_loop.run(scene())


def test_nothing_is_sent_between_hiding_and_the_recheck(limes, opening, stream, say, ben, mod, monkeypatch):
    async def scene():
        page, moderator = WebSocketClient(ben), WebSocketClient(mod)
        await page.join(stream)
        await moderator.join(stream)
        assert await receives(page, say, opening)
        with monkeypatch.context() as patched:
            patched.setattr(streams, "access_changed", lambda **named: None)
            await do(limes.set_hidden, by=mod)
        assert await receives(moderator, say, opening, "Among us.")
        assert await receives_nothing(page, say, opening, "Not for Ben.")
        for each in (page, moderator):
            await each.disconnect()

    event_loop.run(scene())


def test_a_topic_moved_out_of_sight_is_not_received_any_more(limes, opening, stream, say, ben, vault):
    event_loop.run(ends(ben, stream, partial(limes.move, vault))(say, opening))


def test_members_who_may_still_read_a_moved_topic_receive_its_new_version(
    limes, stream, ben, vault, stewards
):
    ben.groups.add(stewards)

    async def scene():
        page = WebSocketClient(ben)
        await page.join(stream)
        await do(limes.move, vault)
        await do(limes.refresh_from_db)
        # The move itself may have been published under labels that Ben did not hold yet.
        while (await page.receive("joined", "topic_changed", timeout=5))["version"] < limes.version:
            pass
        await page.disconnect()

    event_loop.run(scene())


def test_a_category_that_closes_ends_its_topics_and_its_part_of_the_lists(
    limes, opening, stream, say, ben, town, stewards, mod
):
    def close():
        town.see_groups = [stewards.pk]
        town.save()

    async def scene():
        lists, insider = WebSocketClient(ben), WebSocketClient(mod)
        await lists.join(streams.TOPICS)
        await insider.join(streams.TOPICS, stream)
        await do(say, opening)
        assert await lists.receive("topics_changed")
        await ends(ben, stream, close)(say, opening)
        await lists.receive_all(seconds=0.3)
        await do(say, opening, "Behind closed doors.")
        assert await insider.receive("topics_changed") and await insider.receive("topic_changed")
        assert await received(lists, stream=streams.TOPICS) == []
        for page in (lists, insider):
            await page.disconnect()

    mod.groups.add(stewards)
    event_loop.run(scene())


def test_leaving_a_group_in_the_admin_ends_the_streams_of_its_topics(
    secret, say, mod, stewards, sign_in, django_user_model
):
    def leave_group():
        address = f"/admin/accounts/user/{mod.pk}/change/"
        form = browser.get(address).context["adminform"].form
        fields = {name: value for name in form.fields if (value := form[name].value()) is not None}
        fields["groups"] = [group.pk for group in mod.groups.exclude(pk=stewards.pk)]
        assert browser.post(address, fields).status_code == 302

    browser = sign_in(django_user_model.objects.create_superuser("Root", "root@example.org", "x"))
    opening = secret.comments.get(seq=1)
    event_loop.run(
        ends(mod, streams.topic(secret.pk), leave_group)(partial(say, author=secret.author), opening)
    )


@pytest.mark.parametrize(
    "deed",
    [
        lambda member, group: member.groups.remove(group),
        lambda member, group: type(member).groups.through.objects.filter(user=member).delete(),
        lambda member, group: group.delete(),
    ],
    ids=["through the member", "in one statement", "with the group"],
)
def test_leaving_a_group_by_any_other_way_ends_the_streams_of_its_topics(secret, say, ben, stewards, deed):
    ben.groups.add(stewards)
    opening = secret.comments.get(seq=1)
    event_loop.run(
        ends(ben, streams.topic(secret.pk), partial(deed, ben, stewards))(
            partial(say, author=secret.author), opening
        )
    )


@pytest.mark.parametrize("right", ["superuser", "permission of the group"])
def test_a_right_that_ends_ends_the_streams_of_hidden_topics(
    limes, opening, stream, say, ada, ben, mod, right
):
    if right == "superuser":
        type(ben).objects.filter(pk=ben.pk).update(is_superuser=True)
        who, deed = ben, partial(type(ben).objects.filter(pk=ben.pk).update, is_superuser=False)
    else:
        who, deed = mod, mod.groups.get().permissions.clear
    limes.set_hidden(by=mod)
    event_loop.run(ends(who, stream, deed)(partial(say, author=ada), opening))


@pytest.mark.parametrize("place", ["here", "another device"])
def test_signing_out_ends_the_pages_of_that_session_alone(
    limes, opening, stream, say, ben, ada, place, monkeypatch
):
    def sign_out():
        if place == "here":
            return browser.post("/accounts/logout/")
        session = UserSession.objects.create(user=ben, session_key=here, ip="127.0.0.1", user_agent="")
        device = Client()
        device.force_login(ben)
        return device.post(f"/accounts/settings/sessions/{session.pk}/end/")

    async def scene():
        page, elsewhere = WebSocketClient(ben, session=here), WebSocketClient(ben)
        for each in (page, elsewhere):
            assert await each.join(stream, streams.member(ben.pk)) == ["joined", "joined"]
        assert (await do(sign_out)).status_code == 302
        ended = [await page.receive("ended", timeout=SOON) for _ in range(2)]
        assert {each["stream"] for each in ended} == {stream, streams.member(ben.pk)}
        assert await page.wait_for_close() == access_recheck.SIGNED_OUT
        assert await receives(elsewhere, say, opening)
        for each in (page, elsewhere):
            await each.disconnect()

    browser = Client()
    browser.force_login(ben)
    here = browser.session.session_key
    monkeypatch.setattr(AccessRecheck, "sweep", lambda *share: None)  # it runs once a minute
    event_loop.run(scene())


def test_a_session_whose_row_is_gone_ends_at_the_next_sweep(
    limes, opening, stream, say, ben, ada, fast_heartbeat, monkeypatch
):
    monkeypatch.setattr(access_recheck, "ROUND", 2)
    row = Session.objects.filter(pk=(session := session_key_of(ben)))

    async def scene():
        page = WebSocketClient(ben, session=session)
        await page.join(stream)
        assert await receives(page, partial(say, author=ada), opening)
        await do(row.delete)
        assert await page.receive("ended", timeout=5)
        assert await page.wait_for_close() == access_recheck.SIGNED_OUT
        await page.disconnect()

    event_loop.run(scene())


def test_a_deleted_member_receives_nothing_more(limes, opening, stream, say, ben, ada):
    event_loop.run(ends(ben, stream, partial(delete, ben), is_closed=True)(partial(say, author=ada), opening))


def test_a_new_password_ends_the_other_sessions(ben):
    key = session_key_of(ben)
    assert sessions.members_of([key]) == {key: ben}
    ben.set_password("another one entirely")
    ben.save()
    assert sessions.members_of([key]) == {}


def test_a_check_that_is_overtaken_by_a_change_is_repeated(limes, stream, ben, mod, monkeypatch):
    """Ben asks for access, gets a yes, and the topic is hidden before the yes arrives."""

    def slowly(queries):
        found = stream_access.check(queries)
        if queries[0].streams == (stream,) and not hidden:
            hidden.append(limes.set_hidden(by=mod))
        return found

    async def scene():
        page = WebSocketClient(ben)
        await page.connect()
        here().access = Batcher(slowly)
        await page.send(join=stream)
        assert await page.receive("ended", timeout=SOON)
        assert hidden
        await page.disconnect()

    hidden = []
    event_loop.run(scene())


def test_the_pure_rule_says_what_the_database_says(
    limes, secret, open_topic, ada, ben, mod, stewards, vault, town
):
    hidden, taken_back = open_topic("Hidden"), open_topic("Taken back")
    hidden.set_hidden(by=mod)
    taken_back.comments.get(seq=1).delete_by_author()
    stewards_own = open_topic("Hidden away", category=vault)
    stewards_own.set_hidden(by=mod)
    ben.groups.add(stewards)
    town.moderator_groups = [stewards.pk]
    town.save()
    keys = {user: session_key_of(user) for user in (ada, ben, mod)} | {None: ""}
    found = sessions.members_of(keys.values())
    yes = 0
    for topic in Topic.objects.select_related("category__parent"):
        stream = streams.topic(topic.pk)
        for access, key in zip(
            stream_access.check([AccessQuery(key, (stream,)) for key in keys.values()]),
            keys.values(),
            strict=True,
        ):
            user = found.get(key, AnonymousUser())
            is_seen = Topic.objects.visible_to(user).filter(pk=topic.pk).exists()
            assert permissions.may_read(user, topic) == is_seen == (access.grants[stream] is not None)
            yes += is_seen
    assert 0 < yes < 20


def test_checking_many_connections_takes_as_few_queries_as_one(
    limes, stream, open_topic, django_assert_num_queries
):
    keys = [session_key_of(member(f"Reader{n}")) for n in range(30)]
    other = streams.topic(open_topic("Another").pk)
    stream_access.check([AccessQuery(keys[0], (streams.TOPICS,))])  # the categories are cached from here on
    stream_access.clear_cache()
    with django_assert_num_queries(4):  # sessions, members, topics, polls
        stream_access.check([AccessQuery(keys[0], (stream, streams.TOPICS))])
    stream_access.clear_cache()
    with django_assert_num_queries(5):  # polls of either topic
        results = stream_access.check(
            [AccessQuery(key, (stream, other, streams.TOPICS)) for key in keys] + [AccessQuery("", (stream,))]
        )
    assert all(access.grants[stream] for access in results)
    with django_assert_num_queries(2):  # the session and the member are cached: topics, polls
        stream_access.check([AccessQuery(keys[0], (stream,))])
