"""Silenced members can read everything and change nothing. The site gives their texts back to them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.models import Bookmark, Comment, Topic, Vote

TEXT = "But I must say this."


def reply(browser, limes, town, opening, own):
    sent = {"body": TEXT, "token": str(uuid4()), "parent": opening.pk}
    return browser.post(f"/t/{limes.pk}/reply/", sent)


def open_one(browser, limes, town, opening, own):
    sent = {"category": town.pk, "title": "Me", "body": TEXT, "token": str(uuid4())}
    return browser.post("/new/", sent)


def edit(browser, limes, town, opening, own):
    return browser.post(f"/comments/{own.pk}/edit/", {"title": "Bees?", "body": TEXT})


def vote(browser, limes, town, opening, own):
    return browser.post(f"/comments/{opening.pk}/vote/up/")


def add_poll(browser, limes, town, opening, own):
    return browser.get(f"/t/{own.topic_id}/polls/new/")


@pytest.mark.parametrize("act", [reply, open_one, edit, vote, add_poll])
def test_each_act_is_refused_with_a_sentence_until_the_silence_is_over(
    sign_in, ben, mod, limes, town, opening, open_topic, act
):
    own = open_topic("Bees?", author=ben).comments.get()
    browser = sign_in(ben)
    silence = ben.silence(by=mod, reason="Shouting", until=timezone.now() + timedelta(hours=1))
    before = (Comment.objects.count(), Topic.objects.count(), Vote.objects.count(), own.body)
    refused = act(browser, limes, town, opening, own)
    own.refresh_from_db()
    assert refused.status_code == 403
    assert (Comment.objects.count(), Topic.objects.count(), Vote.objects.count(), own.body) == before
    if act is not add_poll:
        assert "You are silenced until" in refused.text
    if act in (reply, open_one):
        assert TEXT in refused.text
    silence.lift(by=mod)
    assert act(browser, limes, town, opening, own).status_code in (200, 303)


def test_they_read_bookmark_delete_and_see_why(sign_in, ben, mod, limes, opening, say):
    own = say(opening)
    browser = sign_in(ben)
    ben.silence(by=mod, reason="Shouting", until=timezone.now() + timedelta(hours=1))
    page = browser.get(limes.get_absolute_url())
    assert (page.status_code, "You are silenced until" in page.text) == (200, True)
    assert "You are silenced until" in browser.get(f"/t/{limes.pk}/reply/").text
    assert "You are silenced until" in browser.get("/new/").text
    assert browser.post(f"/comments/{opening.pk}/bookmark/").status_code == 303
    assert Bookmark.objects.filter(member=ben).exists()
    assert browser.post(f"/comments/{own.pk}/delete/").status_code == 303
    assert not limes.comments.filter(pk=own.pk, deleted_at=None).exists()
