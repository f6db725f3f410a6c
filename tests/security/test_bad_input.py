"""Invalid addresses, headers and fields get an error page."""

import logging
from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import OperationalError, close_old_connections, connection

from config.wsgi import application
from forums.models import Comment, Topic
from forums.urls import one_topic_urls
from tests.security.conftest import OWN


@pytest.mark.parametrize("codec", ["hex", "rot13", "undefined", "idna", "utf-16", "unicode_escape"])
@pytest.mark.parametrize("said", ["charset={}", 'Charset = "{}"', "charset*=utf-8''{}"])
def test_forms_are_utf8_whatever_they_claim(limes, codec, said):
    request_started.disconnect(close_old_connections)  # the test's own connection
    answered = []
    kind = f"multipart/form-data; {said.format(codec)}; boundary=X"
    form = b'--X\r\nContent-Disposition: form-data; name="q"\r\n\r\nx\r\n--X--\r\n'
    for method in ("GET", "POST"):
        asked = {
            "PATH_INFO": "/search/",
            "QUERY_STRING": "q=lim%C3%A9s",
            "HTTP_HOST": "localhost",
            "CONTENT_TYPE": kind,
        }
        asked |= {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(form)), "wsgi.input": BytesIO(form)}
        setup_testing_defaults(asked)
        page = b"".join(application(asked, lambda status, headers: answered.append(status)))
        assert '<main id="main"' in page.decode()
    request_started.connect(close_old_connections)
    assert answered == ["200 OK", "403 Forbidden"]


def test_a_session_with_nul_is_refused(visitor, limes):
    visitor.cookies.load({settings.SESSION_COOKIE_NAME: "aaaaaaaa\0aaaaaaaa"})
    for address in ("/", limes.get_absolute_url(), "/bookmarks/"):
        assert visitor.get(address).status_code == 400


def test_unknown_methods_and_pages_of_buttons_say_so_in_the_page(visitor, sign_in, mod, limes):
    for answer in (visitor.put("/"), visitor.generic("FOO", "/"), sign_in(mod).get(f"/t/{limes.pk}/lock/")):
        assert (answer.status_code, '<main id="main"' in answer.text) == (405, True)
    assert not Topic.objects.get(pk=limes.pk).is_locked


def test_numbers_of_other_alphabets_and_of_any_length(sign_in, ben, limes):
    browser = sign_in(ben)
    assert browser.post(f"/t/{limes.pk}/read/", {"seq": "9" * 5000}).status_code == 400
    assert browser.post(f"/t/{limes.pk}/read/", {"seq": "1"}).status_code == 303
    assert browser.post("/preview/", {"topic": "٣", "body": "Hello"}).status_code == 200


def test_an_empty_form_is_refused_for_everyone(visitor, sign_in, ben, limes):
    assert visitor.post(f"/t/{limes.pk}/reply/").status_code == 403
    assert sign_in(ben).post(f"/t/{limes.pk}/reply/").status_code == 400


def test_no_title_leads_to_another_page_of_its_topic(visitor, open_topic):
    routes = (str(each.pattern) for each in one_topic_urls)
    words = {route.rstrip("/") for route in routes if route.count("/") == 1}
    assert {"reply", "lock", "move"} <= words
    for word in words - {"<str:slug>"}:
        topic = open_topic(word.title() + "!")
        page = visitor.get(topic.get_absolute_url())
        assert (page.status_code, f'<h1 dir="auto">{topic.title}</h1>' in page.text) == (200, True)
        topic.rename(f"_{word}_")
        assert visitor.get(topic.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "way", ["http://testserver//evil.example/", "//evil.example/", "/\\evil.example", "\t//evil.example"]
)
def test_folding_leads_to_no_other_site(visitor, sign_in, ben, opening, way):
    for answer in (
        visitor.get(f"/comments/{opening.pk}/fold/", {"next": way}),
        sign_in(ben).post(f"/comments/{opening.pk}/fold/", {"next": way}),
    ):
        assert answer.url.startswith(("/t/", "/comments/")), answer.url
    own = visitor.get(f"/comments/{opening.pk}/fold/", {"next": "/c/town/?list=new"})
    assert own.url.startswith("/c/town/?list=new")


def test_without_postgres_the_page_says_so_and_keeps_the_text(careful, ben, limes, opening):
    def away(*statement):
        raise OperationalError("connection refused")

    browser = careful(ben)
    browser.raise_request_exception = False
    sent = {"parent": opening.pk, "body": "Not lost.", "csrfmiddlewaretoken": "a" * 32}
    with connection.execute_wrapper(away):
        read = browser.get(limes.get_absolute_url())
        written = browser.post(f"/t/{limes.pk}/reply/", sent, headers=OWN)
    assert (read.status_code, read.headers["Retry-After"]) == (503, "5")
    assert (written.status_code, "Not lost." in written.text) == (503, True)
    assert Comment.objects.count() == 1
    assert browser.get(limes.get_absolute_url()).status_code == 200


def test_a_guess_at_our_name_leaves_no_traceback(visitor, capfd):
    assert visitor.get("/", headers={"host": "evil.example"}).status_code == 400
    assert not logging.getLogger("django.security.DisallowedHost").propagate
    assert "Traceback" not in capfd.readouterr().err


def test_a_withdrawn_topic_is_gone_with_its_comments(visitor, limes, opening):
    assert visitor.get(f"/comments/{opening.pk}/").status_code == 302
    opening.delete_by_author()
    assert visitor.get(f"/comments/{opening.pk}/").status_code == 404
