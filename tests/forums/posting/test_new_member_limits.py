"""Limits for new members: each has a sentence, none applies to trusted members, and no text is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Trust
from forums.models import Comment, PendingPost, Topic
from forums.moderation.acts import pending
from forums.posting import new_member_limits
from tests.cast import member


@pytest.fixture
def nia(db, settings):
    settings.HOLD_LINKS_OF_NEW = False
    settings.NEW_LINKS, settings.NEW_MENTIONS = 1, 1
    settings.NEW_POSTS_A_DAY, settings.NEW_TOPICS_A_DAY = 3, 1
    return member("Nia", trust=Trust.NEW)


TWO_LINKS = "See https://one.example/ and https://two.example/"
TWO_NAMES = "Ask @Ada and @Ben"


def reply(browser, topic, parent, body, token=None):
    sent = {"body": body, "token": token or str(uuid4()), "parent": parent.pk}
    return browser.post(f"/t/{topic.pk}/reply/", sent)


@pytest.mark.parametrize(
    ("body", "sentence", "fine"),
    [
        (TWO_LINKS, "New members may put 1 link into a text, and this has 2.", "See https://one.example/"),
        (TWO_NAMES, "New members may mention 1 member in a text, and this mentions 2.", "Ask @Ada"),
    ],
)
def test_a_text_with_too_many_comes_back_with_a_sentence(
    sign_in, nia, ada, ben, limes, opening, town, body, sentence, fine
):
    browser = sign_in(nia)
    sent = {"category": town.pk, "title": "Q", "body": body, "token": str(uuid4())}
    for answer in (reply(browser, limes, opening, body), browser.post("/new/", sent)):
        assert (answer.status_code, sentence in answer.text, body in answer.text) == (403, True, True)
    assert reply(browser, limes, opening, fine).status_code == 303
    own = limes.comments.get(author=nia)
    edited = browser.post(f"/comments/{own.pk}/edit/", {"body": body})
    assert (edited.status_code, sentence in edited.text) == (403, True)
    assert reply(sign_in(ben), limes, opening, body).status_code == 303
    assert Comment.objects.filter(body=body).count() == 1


def test_a_day_has_so_many_posts(sign_in, nia, limes, opening):
    browser, token = sign_in(nia), str(uuid4())
    for number in range(2):
        assert reply(browser, limes, opening, f"Number {number}").status_code == 303
    for _ in range(2):  # the second comment has the same text
        assert reply(browser, limes, opening, "Number 2", token).status_code == 303
    refused = reply(browser, limes, opening, "One more")
    assert (refused.status_code, "One more" in refused.text) == (403, True)
    assert "New members may post 3 times a day." in refused.text
    Comment.objects.filter(author=nia).update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert reply(browser, limes, opening, "One more").status_code == 303


def test_a_day_has_so_many_topics(sign_in, nia, town, settings):
    browser = sign_in(nia)
    sent = {"category": town.pk, "title": "Q", "body": "What?"}
    assert browser.post("/new/", sent | {"token": str(uuid4())}).status_code == 303
    refused = browser.post("/new/", sent | {"token": str(uuid4())})
    assert (refused.status_code, "New members may open 1 topic a day." in refused.text) == (403, True)
    settings.NEW_TOPICS_A_DAY = 2
    assert browser.post("/new/", sent | {"token": str(uuid4())}).status_code == 303
    assert Topic.objects.filter(author=nia).count() == 2


def test_what_waits_counts_as_posted(sign_in, nia, limes, opening, settings):
    settings.HOLD_FIRST_POSTS = 5
    browser = sign_in(nia)
    for number in range(3):
        reply(browser, limes, opening, f"Number {number}")
    assert PendingPost.objects.count() == 3
    assert reply(browser, limes, opening, "One more").status_code == 403


def test_what_was_deleted_withdrawn_or_refused_counts_as_posted(sign_in, nia, mod, limes, opening, settings):
    browser = sign_in(nia)
    reply(browser, limes, opening, "Deleted")
    limes.comments.get(author=nia).delete_by_author()
    settings.HOLD_FIRST_POSTS = 5
    reply(browser, limes, opening, "Withdrawn")
    browser.post(f"/held/{PendingPost.objects.get().pk}/withdraw/")
    reply(browser, limes, opening, "Refused")
    pending.refuse(PendingPost.objects.pending().get(), by=mod, reason="No.")
    assert reply(browser, limes, opening, "One more").status_code == 403


@pytest.mark.parametrize("who", [{"trust": Trust.MEMBER}, {"is_superuser": True, "trust": Trust.NEW}])
def test_none_of_it_holds_those_who_are_known(sign_in, nia, ada, ben, limes, opening, who):
    browser = sign_in(member("Known", **who))
    for number in range(5):
        assert reply(browser, limes, opening, f"{TWO_LINKS} {TWO_NAMES} {number}").status_code == 303


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<p><a href="https://a.example/" rel="nofollow">a</a></p>', 1),
        ('<p><a class="x" href="//a.example/">a</a> <a href="https://a.example/">b</a></p>', 2),
        ('<p><img src="https://a.example/p.png" alt=""></p>', 1),
        ('<p><a href="mailto:a@a.example">a</a></p>', 1),
        ('<p><a href="/t/1/">a</a> <a class="mention" href="/u/Ada/">@Ada</a></p>', 0),
        ('<p><a href="https://forum.example.org/t/1/">a</a></p>', 0),
        ('<p><a href="https://forum.example.org.evil.example/">a</a></p>', 1),
        ("<p>https://a.example as code</p>", 0),
    ],
)
def test_links_are_what_leads_elsewhere(settings, html, links):
    settings.SITE_URL = "https://forum.example.org"
    assert len(new_member_limits.links_in(html)) == links
