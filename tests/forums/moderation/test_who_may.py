"""Every act by every role in every state. For each refusal another role proves that the act was possible."""

from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Sanction
from forums.access import acts, roles
from forums.models import Action, Case, Category, Comment, Debate, Outcome, PendingPost, Rule, Topic
from forums.moderation import appeals, reports
from forums.moderation.acts import (
    branches,
    comments,
    debates,
    members,
    merging,
    slow_mode,
    spam,
    splitting,
    topics,
)
from forums.tree import recount
from tests.cast import member, moderator, session_key_of

MAY = {
    "gardener": roles.Role.CATEGORY_MODERATOR,
    "moderator": roles.Role.MODERATOR,
    "administrator": roles.Role.ADMINISTRATOR,
}


def create_scene():
    """Creates Ben's comment with an answer in Ada's topic, and another topic of the same category."""
    ada, ben, cleo, mod, gardener = (
        member("Ada"),
        member("Ben"),
        member("Cleo"),
        moderator("Mod"),
        member("Gardener"),
    )
    gardeners = Group.objects.create(name="Gardeners")
    gardener.groups.add(gardeners)
    town = Category.objects.create(name="Town", slug="town", moderator_groups=[gardeners.pk])
    lane = Category.objects.create(name="Lane", slug="lane", moderator_groups=[gardeners.pk])
    opens = {"author": ada, "category": town, "body": "What do you think?"}
    topic = Topic.open(title="Shall we plant limes?", token=uuid4(), **opens)
    top = topic.reply(author=ben, parent=topic.comments.get(seq=1), body="top", token=uuid4())
    topic.reply(author=cleo, parent=top, body="below", token=uuid4())
    elsewhere = member("Elsewhere")
    herders = Group.objects.create(name="Herders")
    elsewhere.groups.add(herders)
    Category.objects.create(name="Meadow", slug="meadow", moderator_groups=[herders.pk])
    eve = member("Eve")
    eve.suspend(by=mod, reason="Selling watches.")
    # "elsewhere" is a moderator of another category.
    people = {
        "member": cleo, "author": ben, "suspended": eve, "elsewhere": elsewhere, "gardener": gardener, "moderator": mod,
        "administrator": member("Admin", is_superuser=True, is_staff=True), "visitor": None,
    }  # fmt: skip
    for user in filter(None, people.values()):
        user.session = session_key_of(user)
    other = Topic.open(title="Oaks", token=uuid4(), **opens)
    return SimpleNamespace(topic=topic, top=top, other=other, people=people, lane=lane, mod=mod)


@pytest.fixture(scope="module")
def shared_scene(create_shared):
    return create_shared(create_scene)


@pytest.fixture
def scene(db, shared_scene):
    return deepcopy(shared_scene)


def debate(scene, starts, ends):
    """Announces a debate by the topic's author. It begins and ends in so many hours."""
    now = timezone.now()
    times = {"starts_at": now + timedelta(hours=starts), "ends_at": now + timedelta(hours=ends)}
    Debate.announce(scene.topic, by=scene.topic.author, **times)


def outcome(scene):
    """The outcome of a debate that has ended. The topic's author gave it."""
    debate(scene, -2, -1)
    ended = Debate.objects.with_topic().get()
    ended.end()
    return Outcome.objects.decide(ended, by=scene.topic.author, version=0, decision="Limes.")


def reported(scene, item):
    rule = Rule.objects.create(title="off topic", text="Stay with the topic.")
    return reports.report(item, by=scene.people["member"], rule=rule).case


def deleted(scene):
    case = reported(scene, scene.top)
    Comment.objects.get(pk=scene.top.pk).delete_by_author()
    return case


def pending_post(scene):
    text = {"topic": scene.topic, "parent": scene.top, "body": "Lamps?", "why": "first", "token": uuid4()}
    waits, _ = PendingPost.objects.keep(author=scene.topic.author, **text)
    with transaction.atomic():
        Case.objects.open_about(waits, Case.Why.PENDING)
    return waits


def appealed(scene):
    """Appeals against an act by a moderator who has no other part in the test."""
    second = member("Second")
    second.groups.set(scene.mod.groups.all())
    return appeals.appeal(
        comments.hide(scene.top, by=second, reason="Off topic"), by=scene.top.author, words="No."
    )


def sanction(scene, kind):
    until = {} if kind == "warning" else {"until": timezone.now() + timedelta(days=1)}
    action = members.impose(scene.topic.author, kind, by=scene.mod, reason="Off topic", **until)
    return Sanction.objects.get(pk=action.facts["sanction"])


WHY = {"reason": "Off topic"}
# By name: the address, the data, the verb in the log afterwards, and the step that must come before.
ACTS = {
    "hide": ("/comments/{top}/hide/", WHY, "comment_hidden", None),
    "restore": ("/comments/{top}/restore/", {}, "comment_restored", lambda s: comments.hide(s.top, by=s.mod)),
    "edit": ("/comments/{top}/edit/", {"body": "tidied"} | WHY, "comment_edited", None),
    "hide branch": ("/comments/{top}/branch/hide/", WHY, "branch_hidden", None),
    "restore branch": ("/comments/{top}/restore/", {}, "branch_restored", lambda s: branches.hide(s.top, by=s.mod)),
    "lock branch": ("/comments/{top}/branch/lock/", {}, "branch_locked", None),
    "unlock branch": ("/comments/{top}/branch/unlock/", {}, "branch_unlocked",
                      lambda s: branches.lock(s.top, by=s.mod)),
    "split": ("/comments/{top}/branch/split/", {"title": "Top"}, "branch_split", None),
    "slow branch": ("/t/{topic}/slow/?branch={top}", {"seconds": 60}, "topic_slowed", None),
    "lock": ("/t/{topic}/lock/", {}, "topic_locked", None),
    "unlock": ("/t/{topic}/unlock/", {}, "topic_unlocked", lambda s: topics.lock(s.topic, by=s.mod)),
    "pin": ("/t/{topic}/pin/", {}, "topic_pinned", None),
    "unpin": ("/t/{topic}/unpin/", {}, "topic_unpinned", lambda s: topics.pin(s.topic, by=s.mod)),
    "slow": ("/t/{topic}/slow/", {"seconds": 60, "scope": "member"}, "topic_slowed", None),
    "unslow": ("/t/{topic}/slow/", {"seconds": 0, "scope": "member"}, "topic_unslowed",
               lambda s: slow_mode.slow(s.topic, by=s.mod, seconds=60)),
    "end debate": ("/t/{topic}/debate/end/", {}, "debate_ended", lambda s: debate(s, -1, 1)),
    "call debate off": ("/t/{topic}/debate/cancel/", {}, "debate_cancelled", lambda s: debate(s, 1, 2)),
    "change outcome": ("/t/{topic}/summary/outcome/", {"decision": "Oaks.", "version": 1}, "outcome_changed",
                       lambda s: outcome(s)),
    "withdraw outcome": ("/decisions/{made}/withdraw/", {}, "outcome_withdrawn", lambda s: outcome(s)),
    "restore outcome": ("/modlog/{made}/undo/", {}, "outcome_restored",
                        lambda s: debates.withdraw_outcome(outcome(s), by=s.mod)),
    "move": ("/t/{topic}/move/", {"category": "lane"}, "topic_moved", None),
    "rename": ("/t/{topic}/rename/", {"title": "Limes"}, "topic_renamed", None),
    "retag": ("/t/{topic}/retag/", {"tags": "limes"}, "topic_tagged", None),
    "hide topic": ("/t/{topic}/hide/", WHY, "topic_hidden", None),
    "restore topic": ("/t/{topic}/restore/", {}, "topic_restored", lambda s: topics.hide(s.topic, by=s.mod)),
    "merge": ("/t/{topic}/merge/", {"into": "{other}"}, "topics_merged", None),
    "undo": ("/modlog/{made}/undo/", {}, "topic_unlocked", lambda s: topics.lock(s.topic, by=s.mod)),
    "rejoin": ("/modlog/{made}/undo/", {}, "branch_rejoined", lambda s: splitting.split(s.top, "Top", by=s.mod)),
    "part": ("/modlog/{made}/undo/", {}, "topics_parted", lambda s: merging.merge(s.topic, s.other, by=s.mod)),
    "keep": ("/moderation/{made}/keep/", {}, "item_kept", lambda s: reported(s, s.top)),
    "keep what is gone": ("/moderation/{made}/keep/", {}, "item_gone", lambda s: deleted(s)),
    "approve": ("/held/{made}/approve/", {}, "held_approved", lambda s: pending_post(s)),
    "refuse": ("/held/{made}/refuse/", WHY, "held_refused", lambda s: pending_post(s)),
    "refuse appeal": ("/appeals/{made}/refuse/", WHY, "appeal_refused", lambda s: appealed(s)),
    "warn": ("/u/Ada/moderation/warning/", WHY, "member_warned", None),
    "silence": ("/u/Ada/moderation/silence/", WHY | {"days": 7}, "member_silenced", None),
    "suspend": ("/u/Ada/moderation/suspension/", WHY | {"days": 7}, "member_suspended", None),
    "withdraw warning": ("/sanctions/{made}/lift/", {}, "warning_withdrawn", lambda s: sanction(s, "warning")),
    "lift silence": ("/sanctions/{made}/lift/", {}, "silence_lifted", lambda s: sanction(s, "silence")),
    "lift suspension": ("/sanctions/{made}/lift/", {}, "suspension_lifted", lambda s: sanction(s, "suspension")),
    "remove": ("/moderation/{made}/remove/", WHY, "spammer_removed", lambda s: reported(s, s.topic)),
    "restore spammer": ("/modlog/{made}/undo/", {}, "spammer_restored",
                        lambda s: spam.remove(s.topic.author, by=s.mod)),
}  # fmt: skip
ABOUT_MEMBERS = [act for act, (_, _, verb, _) in ACTS.items() if acts.ACTS[verb].is_of_the_site]
OUTCOMES = {"change outcome", "withdraw outcome", "restore outcome"}
SHOWS_NOTHING = {*OUTCOMES, "keep", "keep what is gone", "refuse", "refuse appeal", *ABOUT_MEMBERS} - {
    "remove",
    "restore spammer",
}
"""Acts that change neither a comment nor a topic."""


def prepare(scene, act):
    address, sent, verb, before = ACTS[act]
    made = before(scene) if before else None
    ids = {
        "top": scene.top.pk,
        "topic": scene.topic.pk,
        "other": scene.other.pk,
        "made": made and made.pk,
    }
    sent = {name: value.format(**ids) if isinstance(value, str) else value for name, value in sent.items()}
    return address.format(**ids), sent, verb


def browser(user):
    """Returns a client of the member's session. Signing in for each request would take as long as the request."""
    client = Client()
    if user:
        client.cookies[settings.SESSION_COOKIE_NAME] = getattr(user, "session", "") or session_key_of(user)
    return client


def state():
    return (
        list(
            Comment.objects.order_by("pk").values("topic", "parent", "path", "body", "hidden_at", "locked_in")
        ),
        list(
            Topic.objects.order_by("pk").values(
                "title", "tags", "category", "locked_at", "pinned_at", "hidden_at", "is_slow", "debate_from"
            )
        ),
    )


@contextmanager
def each_alone():
    """Rolls everything back at the end, so that all roles start from the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("act", ACTS)
def test_who_may(scene, act):
    address, sent, verb = prepare(scene, act)
    for role, user in scene.people.items():
        with each_alone():
            if MAY.get(role) in acts.ACTS[verb].by:
                see_that_it_is_done(act, role, user, verb, address, sent)
            elif not (act == "edit" and role == "author"):  # their own text, so this is no act of moderation
                see_that_it_is_refused(role, user, address, sent)


def see_that_it_is_done(act, role, user, verb, address, sent):
    entries, before = Action.objects.count(), state()
    answer = browser(user).post(address, sent)
    assert answer.status_code == 303, (role, answer.text)
    action = Action.objects.order_by("pk").last()
    assert (Action.objects.count(), action.verb, action.role) == (entries + 1, verb, MAY[role])
    assert action.by == user
    assert (state() == before) is (act in SHOWS_NOTHING)
    assert recount.differences() == []


def see_that_it_is_refused(role, user, address, sent):
    """Every role tries the act on the same rows. The roles that may do it prove that it was possible."""
    entries, before = Action.objects.count(), state()
    answer = browser(user).post(address, sent)
    asked_to_sign_in = answer.status_code == 302 and answer.url.startswith("/accounts/login/")
    # A visitor who sent a text gets it back with 403 instead of losing it.
    assert answer.status_code in {403, 404} or (asked_to_sign_in and role in ("visitor", "suspended")), role
    assert state() == before
    assert Action.objects.count() == entries


@pytest.mark.parametrize("act", ACTS)
def test_nobody_moderates_without_the_second_factor_that_the_site_asks_for(scene, act, settings):
    address, sent, verb = prepare(scene, act)
    settings.STAFF_MFA_REQUIRED = True
    entries, before, client = Action.objects.count(), state(), browser(scene.mod)
    answer = client.post(address, sent)
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")
    assert (Action.objects.count(), state()) == (entries, before)
    TOTP.activate(scene.mod, "JBSWY3DPEHPK3PXP")
    assert client.post(address, sent).status_code == 303
    assert Action.objects.order_by("pk").last().verb == verb


def test_an_answer_is_accepted_for_others_with_the_second_factor(scene, settings):
    settings.STAFF_MFA_REQUIRED = True
    address = f"/comments/{scene.top.pk}/accept/"
    for user, status, accepted in ((scene.mod, 403, None), (scene.topic.author, 303, scene.top)):
        assert browser(user).post(address).status_code == status
        assert Topic.objects.get(pk=scene.topic.pk).accepted == accepted


PAGES = {
    "/t/{topic}/moderate/": "Merge into it",
    "/comments/{top}/moderate/": "Hide the branch",
    "/t/{topic}/slow/": "Slow",
}


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_the_pages(scene, page):
    address = page.format(topic=scene.topic.pk, top=scene.top.pk)
    for role, user in scene.people.items():
        answer = browser(user).get(address)
        menu = browser(user).get(f"/comments/{scene.top.pk}/menu/").text
        assert (answer.status_code == 200) is (role in MAY), role
        assert (PAGES[page] in answer.text) is (role in MAY), role
        assert (f"/comments/{scene.top.pk}/moderate/" in menu) is (role in MAY), role
        assert answer.status_code in {200, 302, 403}


@pytest.mark.parametrize("act", [act for act in ACTS if act not in ABOUT_MEMBERS])
def test_what_one_cannot_see_one_cannot_moderate(scene, vault, act):
    """Moderators outside its groups cannot see a closed category. Administrators see everything."""
    address, sent, _ = prepare(scene, act)
    Topic.objects.update(category=vault)
    entries = Action.objects.count()
    for role in ("elsewhere", "gardener", "moderator"):
        answer = browser(scene.people[role]).post(address, sent)
        # Everybody may read the log, so it may say that they cannot undo this.
        assert answer.status_code == (403 if address.startswith("/modlog/") else 404), role
    assert Action.objects.count() == entries
    assert browser(scene.people["administrator"]).post(address, sent).status_code == 303


AGAIN = [
    act
    for act, (address, *_) in ACTS.items()
    if act
    not in ("edit", "split", "call debate off", "merge", "restore", "restore branch", "approve", "refuse")
    and act != "refuse appeal"
    and "/undo/" not in address
]


@pytest.mark.parametrize("act", AGAIN)
def test_twice_is_once(scene, act):
    address, sent, _ = prepare(scene, act)
    client = browser(scene.mod)
    client.post(address, sent)
    entries = Action.objects.count()
    assert client.post(address, sent).status_code == 303
    assert Action.objects.count() == entries
    assert recount.differences() == []


@pytest.mark.parametrize("act", [act for act, (address, *_) in ACTS.items() if "{top}" in address])
def test_what_its_author_deleted_is_refused_or_left(scene, act):
    address, sent, _ = prepare(scene, act)
    Comment.objects.get(pk=scene.top.pk).delete_by_author()
    before = state()
    answer = browser(scene.mod).post(address, sent)
    assert answer.status_code in {303, 403, 409}
    if answer.status_code != 303:
        assert state() == before
    assert Comment.objects.get(pk=scene.top.pk).body == ""
    assert recount.differences() == []


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/t/{topic}/rename/", {"title": ""}),
        ("/t/{topic}/rename/", {"title": "x" * 201}),
        ("/t/{topic}/move/", {"category": "nowhere"}),
        ("/t/{topic}/move/", {}),
        ("/t/{topic}/merge/", {"into": "7777777"}),
        ("/t/{topic}/merge/", {"into": "/t/9999999999999999999999/"}),
        ("/t/{topic}/merge/", {"into": ""}),
        ("/comments/{top}/branch/split/", {"title": "  "}),
        ("/comments/{top}/hide/", {"reason": "x" * 1001}),
        ("/comments/{top}/hide/", {"rule": "x"}),
        ("/comments/{top}/hide/", {"reason": "a\x00b"}),
        ("/t/{topic}/lock/", {"rule": "999999"}),
        ("/t/{topic}/hide/", {"reason": " "}),
        ("/comments/{top}/hide/", {}),
        ("/comments/{top}/branch/hide/", {"rule": ""}),
        ("/comments/{top}/edit/", {"body": "tidied"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(scene, address, sent):
    before = state()
    answer = browser(scene.mod).post(address.format(topic=scene.topic.pk, top=scene.top.pk), sent)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text or "Error 400" in answer.text
    assert state() == before
    assert not Action.objects.exists()


def test_a_topic_is_not_merged_into_itself(scene):
    address = f"/t/{scene.topic.pk}/merge/"
    for into in (str(scene.topic.pk), f"http://testserver{scene.topic.get_absolute_url()}"):
        assert browser(scene.mod).post(address, {"into": into}).status_code == 409


def test_every_act_is_tried_by_everybody():
    """Leaves out acts of the site itself, and presses that do two acts: `test_appealing.py` covers these."""
    tried = {verb for _, _, verb, _ in ACTS.values()}
    by_itself = {verb for verb, deed in acts.ACTS.items() if not deed.by}
    assert tried | by_itself | {"appeal_granted"} == set(acts.ACTS)
    assert by_itself == {"comment_held"}
