"""A cold cache is warmed once, and visitors then cost no query."""

from io import StringIO

import pytest
from django.core.management import call_command

from config.caching.evictable import cache
from forums.reading import comment_html, shared_page, warming

# Each visit ends like a request and gives its connection back, which a surrounding transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cold_cache_is_warmed_once(limes, client, django_assert_num_queries):
    assert [warming.warm_if_cold(), warming.warm_if_cold()] == [True, False]
    kept = (shared_page._pages.recent, comment_html._recent, comment_html._plain)
    assert not any(each.values() for each in kept)  # Redis keeps them
    with django_assert_num_queries(0):
        page = client.get(limes.get_absolute_url(), headers={"host": "127.0.0.1:8000"})
    assert limes.title in page.content.decode()
    cache.clear()
    assert warming.warm_if_cold()


def test_the_command_says_how_long_the_pages_took(limes):
    said = StringIO()
    call_command("warm", "--top", "1", stdout=said)
    assert said.getvalue().startswith("3 pages are in the cache. Half of them took ")
