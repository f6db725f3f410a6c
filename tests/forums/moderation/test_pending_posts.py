"""Pending posts: hidden from others, posted once with their author's token, or refused with a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Trust
from accounts.profiles import deletion, export
from forums import tasks
from forums.access.refusal import Refused
from forums.models import Action, Case, Comment, Draft, Filter, Notification, PendingPost, Rule, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import reports, undoing
from forums.moderation.acts import pending
from forums.notifications import dispatch
from forums.posting import publish
from tests.cast import member
from tests.forums.moderation.conftest import gardener  # noqa: F401

LINK = "Look at https://shop.example/lamps please"


@pytest.fixture
def nia(db):
    """A new member."""
    return member("Nia", trust=Trust.NEW)


@pytest.fixture
def casino(db):
    return Filter.objects.create(lines="casino", does="hold")


def reply(browser, topic, parent, body, token=None, **headers):
    sent = {"body": body, "token": token or str(uuid4()), "parent": parent.pk}
    return browser.post(f"/t/{topic.pk}/reply/", sent, headers=headers)


def open_one(browser, town, body, token=None):
    sent = {"category": town.pk, "title": "Lamps", "body": body, "token": token or str(uuid4())}
    return browser.post("/new/", sent)


@pytest.fixture
def waits(nia, limes, opening):
    return publish.reply(limes, author=nia, parent=opening, body=LINK, token=uuid4()).pending


def test_a_link_of_a_new_member_waits_and_is_nowhere(sign_in, visitor, nia, ben, mod, limes, opening):
    answer = reply(sign_in(nia), limes, opening, LINK)
    post = PendingPost.objects.get()
    assert (answer.status_code, answer.url) == (303, f"/held/{post.pk}/")
    assert (post.author, post.topic, post.parent, post.body, post.why) == (nia, limes, opening, LINK, "links")
    assert Comment.objects.count() == 1
    limes.refresh_from_db()
    assert (limes.comment_count, limes.last_seq) == (0, 1)
    for browser in (visitor, sign_in(ben), sign_in(mod), sign_in(nia)):
        for page in (limes.get_absolute_url(), "/", "/search/?q=lamps", "/u/Nia/", f"/feed/t/{limes.pk}/"):
            assert "shop.example" not in browser.get(page).text
    assert [browser.get(f"/held/{post.pk}/").status_code for browser in (visitor, sign_in(ben))] == [302, 404]
    page = sign_in(nia).get(f"/held/{post.pk}/").text
    assert ("This waits for a moderator" in page, "shop.example" in page) == (True, True)
    assert "shop.example" in sign_in(nia).get("/held/").text
    assert "shop.example" not in sign_in(ben).get("/held/").text
    case = Case.objects.get()
    assert (case.why, case.item, case.kind, case.concerned, case.is_open) == (
        "held",
        post,
        "pending_post",
        nia,
        True,
    )


def test_scripts_are_told_with_a_status_of_its_own(sign_in, nia, limes, opening):
    answer = reply(sign_in(nia), limes, opening, LINK, accept="text/x-row, text/html")
    assert (answer.status_code, "This waits for a moderator" in answer.text) == (202, True)


@pytest.mark.parametrize("who", ["ben", "mod"])
def test_links_of_those_who_are_known_do_not_wait(request, sign_in, limes, opening, who, mod, ben):
    assert reply(sign_in(request.getfixturevalue(who)), limes, opening, LINK).status_code == 303
    assert (PendingPost.objects.count(), limes.comments.count()) == (0, 2)


def test_a_text_of_a_new_member_without_links_does_not_wait(sign_in, settings, nia, limes, opening):
    settings.SITE_URL = "https://forum.example.org"
    for body in ("Plain words", f"See https://forum.example.org/t/{limes.pk}/ and /search/"):
        reply(sign_in(nia), limes, opening, body)
    assert (PendingPost.objects.count(), limes.comments.count()) == (0, 3)


def test_the_settings_say_what_waits(sign_in, settings, nia, limes, opening):
    settings.HOLD_LINKS_OF_NEW, settings.HOLD_FIRST_POSTS = False, 2
    for number in range(3):
        reply(sign_in(nia), limes, opening, f"Number {number}")
    assert [post.why for post in PendingPost.objects.all()] == ["first"] * 3
    for post in PendingPost.objects.all():
        pending.approve(post, by=member(f"Chief{post.pk}", is_superuser=True))
    reply(sign_in(nia), limes, opening, LINK)
    assert limes.comments.filter(body=LINK).exists()


def test_watched_words_of_anybody_wait(sign_in, ben, mod, casino, limes, opening):
    reply(sign_in(ben), limes, opening, "My casino")
    post = PendingPost.objects.get()
    assert (post.why, post.matched, limes.comments.count()) == ("words", "casino", 1)
    assert "Found: “casino”" not in sign_in(ben).get(f"/held/{post.pk}/").text
    assert "Found: “casino”" in sign_in(mod).get(f"/held/{post.pk}/").text
    reply(sign_in(mod), limes, opening, "Whose casino?")
    assert limes.comments.count() == 2


def test_approved_it_is_posted_once_as_its_author_sent_it(sign_in, nia, mod, limes, opening):
    token = str(uuid4())
    reply(sign_in(nia), limes, opening, LINK, token)
    post = PendingPost.objects.get()
    action = pending.approve(post, by=mod)
    comment = limes.comments.get(seq=2)
    assert (comment.author, comment.body, str(comment.token), comment.parent) == (nia, LINK, token, opening)
    assert (action.verb, action.comment, action.member) == ("held_approved", comment, nia)
    assert (Case.objects.get().is_open, Case.objects.get().outcome) == (False, action)
    with pytest.raises(NotDone):
        pending.approve(post, by=mod)
    again = reply(sign_in(nia), limes, opening, LINK, token)
    assert (again.status_code, again.url) == (303, f"/comments/{comment.pk}/")
    assert limes.comments.count() == 2
    assert sign_in(nia).get(f"/held/{post.pk}/").url == f"/comments/{comment.pk}/"
    assert sign_in(nia).get("/held/").context["pending_posts"].count() == 0
    dispatch.dispatch_events()
    assert Notification.objects.get(member=nia).words == "Text approved."


def test_a_topic_waits_and_is_opened(sign_in, nia, mod, town):
    token = str(uuid4())
    answer = open_one(sign_in(nia), town, LINK, token)
    post = PendingPost.objects.get()
    assert (answer.url, post.category, post.title, post.topic) == (f"/held/{post.pk}/", town, "Lamps", None)
    assert not Topic.objects.exists()
    pending.approve(post, by=mod)
    topic = Topic.objects.get()
    assert (topic.title, topic.author, topic.category) == ("Lamps", nia, town)
    assert open_one(sign_in(nia), town, LINK, token).url == topic.get_absolute_url()
    assert Topic.objects.count() == 1


def test_a_double_click_waits_once_and_another_text_is_told(sign_in, nia, limes, opening):
    token = str(uuid4())
    answers = [reply(sign_in(nia), limes, opening, LINK, token) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert (PendingPost.objects.count(), Case.objects.count()) == (1, 1)
    refused = reply(sign_in(nia), limes, opening, f"{LINK}!", token)
    assert (refused.status_code, f"{LINK}!" in refused.text) == (409, True)
    assert PendingPost.objects.count() == 1


def test_refused_its_author_reads_why_and_sends_it_again(sign_in, nia, mod, limes, opening, waits, rule):
    action = pending.refuse(waits, by=mod, rule=rule, reason="Say what the lamp is for.")
    assert (action.verb, action.member, action.what) == ("held_refused", nia, f"a reply in topic {limes.pk}")
    assert Case.objects.get().outcome == action
    browser = sign_in(nia)
    page = browser.get(f"/held/{waits.pk}/").text
    assert [word in page for word in ("Say what the lamp is for.", str(rule), "shop.example")] == [True] * 3
    assert "refused" in browser.get("/held/").text
    dispatch.dispatch_events()
    assert Notification.objects.get(member=nia).words == f"Text refused (“{LINK}”): {rule}"
    to = browser.post(f"/held/{waits.pk}/mend/").url
    Draft.objects.keep(nia, token=uuid4(), parent=opening, body="Begun since")
    assert to == nia.drafts.get(body=LINK).get_absolute_url()
    assert browser.get(to).context["form"]["body"].value() == LINK
    assert browser.post(f"/held/{waits.pk}/mend/").url == "/drafts/"
    assert browser.get("/held/").context["pending_posts"].count() == 0
    assert reply(browser, limes, opening, "A lamp for reading.").status_code == 303
    assert limes.comments.filter(author=nia).get().body == "A lamp for reading."


@pytest.fixture
def rule(db):
    return Rule.objects.create(position=1, title="no advertising", text="None.")


def test_a_refused_text_is_mended_once_and_not_when_it_has_been_posted_after_all(mod, waits, rule):
    action = pending.refuse(waits, by=mod, rule=rule)
    for found in (PendingPost.objects.get(), PendingPost.objects.get()):  # as both clicks have loaded it
        found.back_to_draft()
    assert Draft.objects.get().body == LINK
    Draft.objects.all().delete()
    PendingPost.objects.update(resent_at=None)
    found = PendingPost.objects.get()
    undoing.undo(action, by=mod)
    found.back_to_draft()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("verb", ["approve", "refuse"])
@pytest.mark.parametrize(
    ("who", "status"), [("mod", 303), ("gardener", 303), ("ben", 404), ("nia", 403), ("visitor", 403)]
)
def test_who_decides(request, sign_in, mod, gardener, ben, nia, limes, waits, verb, who, status):  # noqa: F811
    browser = (
        request.getfixturevalue("visitor") if who == "visitor" else sign_in(request.getfixturevalue(who))
    )
    answer = browser.post(f"/held/{waits.pk}/{verb}/", {"reason": "Because"})
    assert answer.status_code == status
    waits.refresh_from_db()
    assert waits.is_pending == (status != 303)
    if status != 303:
        assert (Action.objects.count(), limes.comments.count()) == (0, 1)
        assert sign_in(mod).post(f"/held/{waits.pk}/{verb}/", {"reason": "Because"}).status_code == 303


def test_nobody_decides_about_their_own(gardener, town, limes, opening, casino):  # noqa: F811
    town.moderator_groups = []
    town.save()
    own = publish.reply(limes, author=gardener, parent=opening, body="casino", token=uuid4()).pending
    with pytest.raises(PermissionDenied):
        pending.approve(own, by=gardener)
    assert own.is_pending


def test_keeping_the_case_posts_the_text(mod, limes, waits):
    reports.keep(Case.objects.get(), by=mod)
    assert limes.comments.filter(body=LINK).exists()


def test_a_refusal_needs_a_rule_or_a_reason(sign_in, mod, waits):
    answer = sign_in(mod).post(f"/held/{waits.pk}/refuse/", {"reason": "  "})
    assert (answer.status_code, "Please name a rule or a reason" in answer.text) == (400, True)
    waits.refresh_from_db()
    assert waits.is_pending


def test_what_cannot_be_posted_any_more_is_said_to_the_moderator(sign_in, mod, limes, waits):
    limes.lock(by=mod)
    answer = sign_in(mod).post(f"/held/{waits.pk}/approve/")
    assert (answer.status_code, "locked" in answer.text) == (409, True)
    limes.unlock()
    assert sign_in(mod).post(f"/held/{waits.pk}/approve/").status_code == 303


def test_its_author_takes_it_back_and_nobody_else_does(sign_in, nia, ben, mod, waits):
    sign_in(ben).post(f"/held/{waits.pk}/withdraw/")
    assert PendingPost.objects.pending().exists()
    sign_in(nia).post(f"/held/{waits.pk}/withdraw/")
    left = PendingPost.objects.get()
    assert (left.body, left.title, left.is_pending, Case.objects.count()) == ("", "", False, 0)
    assert [sign_in(each).get(f"/held/{waits.pk}/").status_code for each in (nia, mod)] == [404, 404]
    assert "Nothing waits" in sign_in(nia).get("/held/").text
    with pytest.raises(NotDone, match="withdrawn"):
        pending.approve(waits, by=mod)


def test_what_is_left_of_a_withdrawn_text_is_deleted_after_a_day(waits):
    waits.withdraw()
    tasks.delete_withdrawn_posts()
    assert PendingPost.objects.exists()
    PendingPost.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    tasks.delete_withdrawn_posts()
    assert not PendingPost.objects.exists()


def test_a_blocked_word_is_refused_and_the_text_comes_back(sign_in, ben, limes, opening, town):
    Filter.objects.create(lines="casino", does="block")
    body = "An hour of my life, and a casino."
    for answer in (reply(sign_in(ben), limes, opening, body), open_one(sign_in(ben), town, body)):
        assert answer.status_code == 403
        assert "This site does not take texts with “casino” in them." in answer.text
        assert body in answer.text
    assert (Comment.objects.count(), PendingPost.objects.count()) == (1, 0)
    assert reply(sign_in(ben), limes, opening, "A cinema.").status_code == 303


def test_a_flagged_word_is_posted_and_put_before_the_moderators(sign_in, ben, limes, opening, town):
    Filter.objects.create(lines="casino", does="flag")
    reply(sign_in(ben), limes, opening, "My casino")
    open_one(sign_in(ben), town, "Another casino")
    cases = Case.objects.order_by("pk")
    assert [(case.why, case.found, case.item.body) for case in cases] == [
        ("filtered", "casino", "My casino"),
        ("filtered", "casino", "Another casino"),
    ]
    assert not any(case.item.is_hidden for case in cases)


def test_a_replaced_word_is_posted_as_another_once(sign_in, ben, limes, opening):
    Filter.objects.create(lines="heck", does="replace", replacement="gosh")
    token = str(uuid4())
    answers = [reply(sign_in(ben), limes, opening, "What the heck", token) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert limes.comments.get(seq=2).body == "What the gosh"


def test_an_edit_brings_nothing_past_the_filters(sign_in, ben, mod, casino, limes, say, opening):
    own = say(opening, "Plain")
    sign_in(ben).post(f"/comments/{own.pk}/edit/", {"body": "My casino"})
    own.refresh_from_db()
    assert (own.body, own.is_hidden, Case.objects.get().item) == ("My casino", True, own)
    reports.keep(Case.objects.get(), by=mod)
    own = Comment.objects.get(pk=own.pk)
    assert not own.is_hidden
    sign_in(ben).post(f"/comments/{own.pk}/edit/", {"body": "My casino, mended"})
    own.refresh_from_db()
    assert (own.body, own.is_hidden) == ("My casino, mended", False)


def test_a_new_member_adds_no_link_by_an_edit(sign_in, nia, mod, limes, opening):
    own = publish.reply(limes, author=nia, parent=opening, body="Plain", token=uuid4()).posted
    sign_in(nia).post(f"/comments/{own.pk}/edit/", {"body": LINK})
    own.refresh_from_db()
    assert (own.body, own.is_hidden) == (LINK, True)
    reports.keep(Case.objects.get(), by=mod)
    sign_in(nia).post(f"/comments/{own.pk}/edit/", {"body": f"{LINK}, mended"})
    own.refresh_from_db()
    assert (own.body, own.is_hidden) == (f"{LINK}, mended", False)


def test_a_blocked_edit_changes_nothing(sign_in, ben, say, opening):
    Filter.objects.create(lines="casino", does="block")
    own = say(opening, "Plain")
    answer = sign_in(ben).post(f"/comments/{own.pk}/edit/", {"body": "My casino"})
    own.refresh_from_db()
    assert (answer.status_code, own.body, "My casino" in answer.text) == (403, "Plain", True)


def test_a_reply_costs_no_query_more_for_those_who_are_known(
    ben, casino, limes, opening, django_assert_num_queries
):
    publish.reply(limes, author=ben, parent=opening, body="Warm", token=uuid4())
    ben.is_moderator, ben.group_ids = False, ()
    with django_assert_num_queries(0):
        verdict, why = publish._check(ben, limes.category, "", "Plain", uuid4(), opens_topic=False)
    assert (verdict.body, why) == ("Plain", "")


def test_the_same_token_with_another_text_raises(nia, limes, opening):
    token = uuid4()
    publish.reply(limes, author=nia, parent=opening, body=LINK, token=token)
    with pytest.raises(Refused):
        publish.reply(limes, author=nia, parent=opening, body=f"{LINK}?", token=token)


def test_leaving_takes_along_what_waits_and_the_export_has_it(nia, waits):
    (told,) = export._parts["pending_posts"](nia)
    assert (told["body"], told["why"], told["decision__verb"]) == (LINK, "links", None)
    deletion.delete(nia)
    assert (PendingPost.objects.count(), Case.objects.count()) == (0, 0)


def test_a_refusal_is_told_with_the_way_to_the_text(nia, mod, waits, rule):
    pending.refuse(waits, by=mod, rule=rule)
    dispatch.dispatch_events()
    assert Notification.objects.get(member=nia).address == f"/held/{waits.pk}/"


def test_moderators_read_and_decide_with_the_second_factor_that_the_site_asks_for(
    sign_in, mod, nia, waits, settings
):
    settings.STAFF_MFA_REQUIRED = True
    page, browser = waits.get_absolute_url(), sign_in(mod)
    refusal = {"reason": "No lamps"}
    for answer in (
        browser.get(page),
        browser.post(f"{page}approve/"),
        browser.post(f"{page}refuse/", refusal),
    ):
        assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")
    waits.refresh_from_db()
    assert waits.is_pending
    assert "shop.example" in sign_in(nia).get(page).text
    TOTP.activate(mod, "JBSWY3DPEHPK3PXP")
    assert "shop.example" in browser.get(page).text
    assert browser.post(f"{page}refuse/", refusal).status_code == 303
