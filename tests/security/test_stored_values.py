"""Redis holds plain data: reading a value from it runs no code."""

import gzip
import pickle
from datetime import UTC, datetime
from uuid import uuid4

import msgpack
import pytest
from django.core.cache import cache
from django.urls import reverse
from django_redis import get_redis_connection

from forums.debates import upcoming
from forums.listing import categories
from forums.reading import shared_page
from tests.cast import member
from tests.forums.debates.conftest import announce  # noqa: F401


def values():
    """Every value in both Redis servers, whatever its type, by its key."""
    return {key: value for name in ("default", "evictable") for key, value in values_of(name).items()}


def values_of(name):
    client = get_redis_connection(name)
    reads = {
        b"string": lambda key: [client.get(key)],
        b"hash": lambda key: client.hgetall(key).values(),
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    return {key: list(reads[client.type(key)](key)) for key in client.scan_iter()}


def is_pickle(value):
    """Whether it is a pickle of protocol 2 or newer: also inside of msgpack, and compressed."""
    if value.startswith(b"\x80") and value.endswith(b"."):
        return True
    if value.startswith(b"\x1f\x8b"):
        return is_pickle(gzip.decompress(value))
    try:
        inner = msgpack.unpackb(value, strict_map_key=False)
    except ValueError:
        return False
    return isinstance(inner, bytes) and is_pickle(inner)


def pickled():
    return [key for key, found in values().items() if any(map(is_pickle, found))]


def packed(value):
    return msgpack.packb(gzip.compress(value))


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, msgpack.packb, packed])
def test_a_pickle_would_be_found(db, wrap):
    assert pickled() == []
    get_redis_connection("default").set("planted", wrap(pickle.dumps(["a", "list"])))
    assert pickled() == [b"planted"]


def test_using_the_site_stores_no_pickle(visitor, sign_in, ada, ben, mod, limes, opening, say, announce):  # noqa: F811
    announce(-1, 1)
    root = member("Root", is_superuser=True, is_staff=True)
    comment = say(opening)
    for browser in (visitor, sign_in(ada), sign_in(root)):
        for page in (
            "/",
            limes.get_absolute_url(),
            f"/t/{limes.pk}/changes/?since=0",
            ada.get_absolute_url(),
        ):
            assert browser.get(page, follow=True).status_code == 200
    assert sign_in(root).get("/admin/").status_code == 200
    assert sign_in(mod).get("/moderation/").status_code == 200
    assert visitor.get("/accounts/login/").status_code == 200
    assert visitor.post("/accounts/login/", {"login": "Ada", "password": "wrong"}).status_code == 200
    browser = sign_in(ada)
    assert browser.post(reverse("vote-up", args=[comment.pk])).status_code < 400
    sent = {"body": "So do I.", "token": str(uuid4()), "parent": comment.pk}
    assert browser.post(reverse("comment-add", args=[limes.pk]), sent).status_code == 303
    kinds = {key.split(b":")[2] for key in values() if key.startswith((b"folkmoot:2:", b"folkmoot-cache:2:"))}
    assert kinds >= {
        b"page",
        b"tag",
        b"comment",
        b"shared_page",
        b"categories",
        b"debates",
        b"changes",
        b"day",
    }
    assert not any(b"session" in key for key in values())
    assert pickled() == []


def test_a_page_read_from_redis_is_the_page_that_was_stored(sign_in, ada, limes, opening, say):
    say(say(opening))
    page = sign_in(ada).get(limes.get_absolute_url()).text
    shared_page._pages.recent.clear()
    assert [key for key in values() if b":shared_page:" in key]
    before, after = page.split("csrfmiddlewaretoken")[0], sign_in(ada).get(limes.get_absolute_url()).text
    assert before == after.split("csrfmiddlewaretoken")[0]
    assert page.count("I think so too.") == after.count("I think so too.") == 2


def test_categories_read_from_redis_are_those_of_the_database(
    town, stewards, django_assert_num_queries, monkeypatch
):
    room = town.children.create(name="Room", slug="room", moderator_groups=[stewards.pk])
    monkeypatch.setattr(categories, "_local", categories._Known("", [], {}))
    stored = categories._all()
    monkeypatch.setattr(categories, "_local", categories._Known("", [], {}))
    with django_assert_num_queries(0):
        read = categories._all()
        assert [vars_of(each) for each in read] == [vars_of(each) for each in stored]
        assert [(each, each.parent) for each in read] == [(room, town), (town, None)]


def vars_of(category):
    return [getattr(category, name) for name in categories._COLUMNS]


def test_debates_read_from_redis_are_those_of_the_database(limes, announce, ada):  # noqa: F811
    announce()
    assert upcoming.of(ada) == upcoming.of(ada) == upcoming._read()


def test_values_come_back_as_they_were():
    stored = {
        "number": 7,
        8: 1.5,
        "text": "ü",
        "bytes": b"\xff",
        "none": None,
        "yes": True,
        "list": [1, [2]],
        "dict": {},
    }
    stored["at"] = datetime(2026, 11, 29, 12, 30, 15, 123456, tzinfo=UTC)
    cache.set("example", stored)
    assert cache.get("example") == stored
    with pytest.raises(TypeError):
        cache.set("example", object())
