"""The topic page that viewers share: the same as a plain page for everybody, and nobody's data in the cache."""

import re
from random import Random
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches

from accounts.models import Ignore
from config.caching import holes
from forums.models import Bookmark, Draft, Vote, Watch
from tests.cast import member

ZONES = ("Asia/Tokyo", "Asia/Seoul", "Africa/Lagos", "Asia/Dhaka", "Asia/Kabul")
# Each page has other tokens: that of its forms, and one for the reply.
TOKENS = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]+"')


def seen_by(client, address):
    return TOKENS.sub("", client.get(address).text)


@pytest.fixture
def plainly(settings):
    """Reads an address without shared pages: `plainly(client, address)`."""

    def plainly(client, address):
        settings.DEBUG = True
        try:
            return seen_by(client, address)
        finally:
            settings.DEBUG = False

    return plainly


def assert_equal_to_plain(client, address, plainly):
    """Asserts that a cached page is equal to a plain one. Reads once before, because reading changes what is new."""
    client.get(address)
    assert seen_by(client, address) == plainly(client, address)


def test_the_page_of_every_kind_of_viewer_is_equal_to_a_plain_one(
    limes, opening, say, ada, ben, cleo, mod, eve, visitor, sign_in, plainly
):
    comments = [say(opening, f"Reply {number}.", author=(ben, cleo)[number % 2]) for number in range(4)]
    say(comments[0], "Deep.")
    Vote.objects.cast(comments[1], by=ben, value=1)
    Ignore.objects.create(member=cleo, ignored=ben)
    clients = [visitor, *map(sign_in, (ada, cleo, mod, eve))]
    random = Random(14)
    changes = [
        lambda: say(random.choice(comments), "Another one."),
        lambda: comments[2].edit(by=cleo, body="Edited."),
        lambda: Vote.objects.cast(comments[0], by=mod, value=-1),
        lambda: limes.rename("Shall we plant oaks?"),
        lambda: comments[3].delete_by_author(),
        lambda: limes.lock(by=mod),
    ]
    for change in changes:
        change()
        limes.refresh_from_db()
        for client in clients:
            assert_equal_to_plain(client, limes.get_absolute_url(), plainly)
    for client in clients:
        for query in (f"?branch={comments[0].seq}", "?new=1", "?from=3&sort=old"):
            assert_equal_to_plain(client, limes.get_absolute_url() + query, plainly)


def test_a_category_that_is_renamed_shows_at_once(limes, town, cleo, sign_in):
    client = sign_in(cleo)
    assert "Town" in client.get(limes.get_absolute_url()).text
    town.name = "Village"
    town.save()
    assert "Village" in client.get(limes.get_absolute_url()).text


def test_nothing_personal_gets_into_the_cache(limes, opening, say, ada, town, sign_in):
    """Five members, each with a canary in every field that a page could show to them alone."""
    comment = say(opening)
    canaries = [f"Canary{number}" for number in range(5)]
    for number, canary in enumerate(canaries):
        reader = member(canary, time_zone=ZONES[number])
        reader.groups.add(Group.objects.create(name=f"Group{canary}"))
        ignored = member(f"Ignored{canary}")
        Ignore.objects.create(member=reader, ignored=ignored)
        Draft.objects.create(member=reader, topic=limes, parent=opening, body=f"Draft{canary}", token=uuid4())
        Watch.objects.create(member=reader, topic=limes, level=Watch.Level.MUTED)
        Bookmark.objects.create(member=reader, comment=comment)
        Vote.objects.cast(comment, by=reader, value=1)
        page = sign_in(reader).get(limes.get_absolute_url()).text
        assert f"Draft{canary}" in page and "Mute" in page and f'data-ignored="{ignored.pk}"' in page
    shared = b"".join(text for pieces in holes._pages.recent.values() for text in pieces[::2]).decode()
    client = caches["evictable"].client.get_client()
    stored = b"".join(client.get(key) or b"" for key in client.keys("*holes*"))
    assert "Shall we plant limes?" in shared and b"Shall we plant limes?" in stored
    for text in (shared, stored.decode(errors="replace")):
        assert [canary for canary in canaries if canary in text] == []
        assert "csrfmiddlewaretoken" not in text and 'aria-pressed="true"' not in text
        assert [zone for zone in ZONES if zone in text] == []
