"""A failed form gives its author the text back, and stores nothing that it did not confirm."""

import time
from types import SimpleNamespace
from uuid import uuid4

import pytest

from accounts.models import User
from forums.access.refusal import Refused
from forums.models import Comment, Topic
from tests.security.conftest import OWN

TEXT = "An hour of my life."
GOOD = "a" * 32


def topic_form(town):
    return {"category": town.pk, "title": "Limes", "body": TEXT, "token": str(uuid4())}


def reply_form(opening):
    return {"parent": opening.pk, "body": TEXT, "token": str(uuid4())}


@pytest.mark.parametrize("place", ["/new/", "/t/{}/reply/", "/comments/{}/edit/"])
def test_the_signed_out_keep_their_text(visitor, limes, opening, town, place):
    sent = topic_form(town) | {"parent": opening.pk}
    answer = visitor.post(place.format(limes.pk if "/t/" in place else opening.pk), sent)
    assert (answer.status_code, TEXT in answer.text) == (403, True)
    assert "You are signed out." in answer.text
    assert Comment.objects.count() == 1


def test_the_signed_out_without_a_text_are_asked_to_sign_in(visitor, opening):
    assert visitor.post(f"/comments/{opening.pk}/edit/").url.startswith("/accounts/login/")


def test_an_expired_form_comes_back_and_can_be_sent(careful, ben, limes, opening):
    browser = careful(ben)
    sent = reply_form(opening)
    refused = browser.post(f"/t/{limes.pk}/reply/", sent | {"csrfmiddlewaretoken": "b" * 32}, headers=OWN)
    assert (refused.status_code, TEXT in refused.text, sent["token"] in refused.text) == (403, True, True)
    assert "b" * 32 not in refused.text
    again = browser.post(f"/t/{limes.pk}/reply/", sent | {"csrfmiddlewaretoken": GOOD}, headers=OWN)
    assert again.status_code == 303


def test_a_strangers_form_does_not_come_back(careful, ben, limes, opening):
    sent = reply_form(opening) | {"csrfmiddlewaretoken": GOOD}
    for headers in ({"origin": "https://evil.example"}, {}):
        sent["csrfmiddlewaretoken"] = GOOD if headers else "b" * 32
        answer = careful(ben).post(f"/t/{limes.pk}/reply/", sent, headers=headers)
        assert (answer.status_code, TEXT in answer.text) == (403, False)


def test_passwords_never_come_back(careful):
    sent = {"bio": TEXT, "old_password": "swordfish-swordfish"}
    answer = careful().post("/accounts/settings/profile/", sent, headers=OWN)
    assert (TEXT in answer.text, "swordfish" in answer.text) == (True, False)


def test_whoever_is_too_fast_keeps_the_text(sign_in, ada, opening, monkeypatch):
    # The clock of the limits stands still, so that the minute does not end while the changes come in.
    moment = time.time()
    monkeypatch.setattr("django_ratelimit.core.time", SimpleNamespace(time=lambda: moment))
    browser = sign_in(ada)
    answers = [
        browser.post(f"/comments/{opening.pk}/edit/", {"title": "Limes", "body": f"{TEXT} {i}"})
        for i in range(31)
    ]
    assert [answer.status_code for answer in answers] == [303] * 30 + [429]
    assert f"{TEXT} 30" in answers[-1].text


def test_another_text_in_a_form_already_sent_is_not_swallowed(sign_in, ben, limes, opening):
    browser, sent = sign_in(ben), reply_form(opening)
    assert browser.post(f"/t/{limes.pk}/reply/", sent).status_code == 303
    refused = browser.post(f"/t/{limes.pk}/reply/", sent | {"body": "And another thing."})
    assert (refused.status_code, "And another thing." in refused.text) == (409, True)
    assert sent["token"] not in refused.text
    fresh = refused.context["form"]["token"].value()
    assert (
        browser.post(
            f"/t/{limes.pk}/reply/", sent | {"body": "And another thing.", "token": fresh}
        ).status_code
        == 303
    )
    assert limes.comments.count() == 3


def test_a_token_of_another_topic_stores_nothing_and_says_so(sign_in, ben, limes, opening, open_topic, town):
    browser, sent = sign_in(ben), reply_form(opening)
    other = open_topic("Or oaks?")
    assert browser.post(f"/t/{limes.pk}/reply/", sent).status_code == 303
    elsewhere = sent | {"parent": other.comments.get().pk}
    assert browser.post(f"/t/{other.pk}/reply/", elsewhere).status_code == 409
    opened = topic_form(town) | {"token": sent["token"]}
    assert browser.post("/new/", opened).status_code == 409
    assert Topic.objects.count() == 2


def test_a_form_sent_again_after_an_edit_is_still_the_same(sign_in, ben, limes, opening):
    browser, sent = sign_in(ben), reply_form(opening)
    first = browser.post(f"/t/{limes.pk}/reply/", sent)
    Comment.objects.get(body=TEXT).edit(by=ben, body="Better.")
    assert browser.post(f"/t/{limes.pk}/reply/", sent).url == first.url


def test_a_link_cannot_choose_the_token(sign_in, ben, limes):
    token = str(uuid4())
    form = sign_in(ben).get(f"/t/{limes.pk}/reply/?token={token}&body=Chosen").context["form"]
    assert form["token"].value() != token
    assert form["body"].value() == ""


def test_too_long_a_text_is_kept_as_a_draft(sign_in, ben, limes, opening):
    sent = {"token": str(uuid4()), "parent": opening.pk, "body": "x\r\n" * 16_000}
    assert sign_in(ben).post("/drafts/save/", sent).json() == {"kept": True}
    assert User.objects.get(pk=ben.pk).drafts.get().body == sent["body"]


def test_an_edit_does_not_bring_back_what_was_deleted(sign_in, ada, opening, say):
    say(opening)
    form = sign_in(ada)
    stale = Comment.objects.get(pk=opening.pk)
    opening.delete_by_author()
    with pytest.raises(Refused):
        stale.edit(by=ada, body="Back again")
    assert Comment.objects.get(pk=opening.pk).body == ""
    assert form.post(f"/comments/{opening.pk}/edit/", {"body": "Back again"}).status_code == 403
