"""Unsubscribing from mail with one click, without signing in, by mail programs and by hand (RFC 8058)."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from accounts.profiles import deletion
from forums.notifications.mail import unsubscribing


@pytest.fixture
def mail(opening, say, later, mailed):
    say(opening)
    later(minutes=3)
    [mail] = mailed()
    return mail


def path_of(mail):
    header = mail.extra_headers["List-Unsubscribe"]
    assert header[0] == "<" and header[-1] == ">"
    assert header[1:-1] in mail.body
    return urlsplit(header[1:-1]).path


def wishes(user):
    user = User.objects.get(pk=user.pk)
    return {
        word
        for word in ("replies", "mentions", "watched", "moderation", "events")
        if getattr(user, f"email_{word}")
    } | {user.email_pace}


ALL = {"replies", "mentions", "watched", "moderation", "events", "at_once"}


def test_one_click_of_a_mail_program_stops_that_kind_of_mail(mail, ada):
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = Client(enforce_csrf_checks=True)
    assert program.post(path_of(mail), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wishes(ada) == ALL - {"replies"}
    assert program.post(path_of(mail), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wishes(ada) == ALL - {"replies"}


def test_looking_changes_nothing_and_shows_a_button(mail, ada, visitor):
    page = visitor.get(path_of(mail))
    assert (
        "replies to you and quotes of you" in page.text
        and '<button class="button" type="submit">' in page.text
    )
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store", "noindex")
    assert wishes(ada) == ALL
    assert "We will send you no more mail about replies to you" in visitor.post(path_of(mail)).text


def test_a_mail_of_several_kinds_stops_them_all(opening, say, later, mailed, ada, open_topic):
    say(opening)
    say(open_topic("Or oaks?", author=User.objects.get(username="Ben")).comments.get(), "@Ada?")
    later(minutes=3)
    [mail] = mailed()
    page = Client().get(path_of(mail)).text
    assert page.count("formaction") == 2
    Client().post(re.search('formaction="([^"]+mentions:[^"]+)"', page)[1])
    assert wishes(ada) == ALL - {"mentions"}
    Client().post(path_of(mail))
    assert wishes(ada) == ALL - {"replies", "mentions"}


def test_a_digest_stops_all_of_it(opening, say, later, mailed, ada):
    User.objects.filter(pk=ada.pk).update(email_pace="daily")
    say(opening)
    later(days=1)
    [mail] = mailed()
    Client().post(path_of(mail))
    assert wishes(ada) == ALL - {"at_once"} | {"never"}


def test_nobody_else_is_unsubscribed_and_nothing_else_works(mail, ada, ben):
    Client().post(path_of(mail))
    assert wishes(ben) == ALL
    for forged in (
        f"{ben.pk}.replies",
        f"{ben.pk}.replies:x",
        path_of(mail).split("/")[2] + "a",
        "1",
        ":",
        "%00",
    ):
        for method in ("get", "post"):
            assert getattr(Client(), method)(f"/unsubscribe/{forged}/").status_code in (400, 404)
    assert wishes(ben) == ALL
    own = unsubscribing.path(ben.pk, ["replies"])
    assert Client().post(own).status_code == 200
    assert wishes(ben) == ALL - {"replies"}


def test_a_member_who_has_gone_can_still_say_it(mail, ada):
    deletion.delete(ada)
    assert Client().post(path_of(mail)).status_code == 200
