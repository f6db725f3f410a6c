"""Permanent addresses lead where they have always led."""

import re
from urllib.parse import quote

import pytest

from forums.models.discussion.slugs import TAKEN, slug_of
from forums.urls import one_topic_urls


def test_no_title_makes_an_address_that_is_something_else_of_a_topic():
    routes = (str(each.pattern) for each in one_topic_urls)
    words = {found[1] for route in routes if (found := re.fullmatch(r"([\w-]+)/", route))}
    assert "reply" in words and words == TAKEN
    assert slug_of("Reply") == "reply-topic" and slug_of("Replies") == "replies"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Café: what's new?", "cafe-whats-new"),
        ("Привет, мир!", "привет-мир"),
        ("市場を移すべきですか。", "市場を移すべきですか"),
        ("हिन्दी में", "हिन्दी-में"),
        ("Łódź and Ørsted", "łódź-and-ørsted"),
        ("«…»", "topic"),
        ("字" * 90, "字" * 40),
    ],
)
def test_a_title_is_readable_in_its_address_in_every_script(title, slug):
    assert slug_of(title) == slug


def test_a_topic_in_another_script_has_an_encoded_address(visitor, open_topic):
    topic = open_topic("Привет, мир!")
    address = f"/t/{topic.pk}/{quote('привет-мир')}/"
    assert topic.get_absolute_url() == address
    page = visitor.get(address)
    assert (page.status_code, page.context["topic"]) == (200, topic)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address}">' in page.text
    moved = visitor.get(f"/t/{topic.pk}/topic/")
    assert (moved.status_code, moved["Location"]) == (301, address)


def test_a_category_in_another_script_has_an_encoded_address(visitor, town):
    town.slug = "город"
    town.full_clean()
    town.save()
    assert town.get_absolute_url() == f"/c/{quote('город')}/"
    assert visitor.get(town.get_absolute_url()).status_code == 200
