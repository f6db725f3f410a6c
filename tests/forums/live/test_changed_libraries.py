"""When a library changes its private parts, the site notices at once, says so, and goes on by the public ones."""

from functools import partial
from uuid import uuid4

import pytest
from django.db.models.sql import Query
from django.urls import reverse
from twisted.internet.abstract import FileDescriptor

from config.caching import compiled_queries
from forums.live.delivery import daphne_transport
from tests.forums.moderation.conftest import rule  # noqa: F401
from tests.forums.moderation.queue.conftest import case, reported, rude  # noqa: F401


@pytest.fixture
def changed_django(monkeypatch):
    """In this Django nobody can give a query another compiler."""
    original = Query.get_compiler
    monkeypatch.setattr(Query, "get_compiler", property(lambda query: partial(original, query)))
    compiled_queries.is_usable.cache_clear()
    yield
    compiled_queries.is_usable.cache_clear()


def findings(module):
    return [good for good, _ in module.findings()]


def warned(caplog, module):
    return [record.getMessage() for record in caplog.records if record.name == module.__name__]


def test_queries_are_compiled_once_with_this_django(caplog):
    compiled_queries.is_usable.cache_clear()
    assert findings(compiled_queries) == [True]
    assert warned(caplog, compiled_queries) == []


def test_with_another_django_the_site_answers_the_same(
    visitor,
    sign_in,
    ada,
    mod,
    limes,
    opening,
    say,
    case,  # noqa: F811
    changed_django,
    caplog,
):
    say(opening)
    for browser in (visitor, sign_in(ada)):
        assert "plant limes" in browser.get("/").text
        assert "I think so too." in browser.get(limes.get_absolute_url()).text
        assert browser.get(f"/comments/{opening.pk}/").status_code == 302
    sent = {"body": "So do I.", "token": str(uuid4()), "parent": opening.pk}
    assert sign_in(ada).post(reverse("comment-add", args=[limes.pk]), sent).status_code == 303
    assert limes.comments.filter(body="So do I.", author=ada).count() == 1
    assert "You nincompoop." in sign_in(mod).get("/moderation/").text
    assert (
        len(warned(caplog, compiled_queries)) == 1
        and "compiled at each call" in warned(caplog, compiled_queries)[0]
    )
    assert findings(compiled_queries) == [None]


@pytest.fixture
def tried_again():
    daphne_transport.is_usable.cache_clear()
    yield
    daphne_transport.is_usable.cache_clear()


def test_daphne_and_twisted_have_what_we_use(tried_again, caplog):
    assert findings(daphne_transport) == [True]
    assert warned(caplog, daphne_transport) == []


def test_another_twisted_is_noticed(tried_again, monkeypatch, caplog):
    monkeypatch.setattr(FileDescriptor, "write", lambda transport, data: None)
    assert findings(daphne_transport) == [None]
    assert daphne_transport.open_transport(partial(print, object())) is None
    assert (
        len(warned(caplog, daphne_transport)) == 1 and "the slow way" in warned(caplog, daphne_transport)[0]
    )
