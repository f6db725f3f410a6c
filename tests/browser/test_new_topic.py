"""The form of a new topic in a browser."""

import pytest
from playwright.sync_api import expect

from forums.models import Category, Topic
from forums.search import index

pytestmark = pytest.mark.django_db(transaction=True)


def test_similar_topics_appear_while_a_title_is_typed(open_page, ada, ben):
    category = Category.objects.create(name="General", slug="general")
    Topic.open(author=ada, category=category, title="Shall we plant limes?", body="Here.", token=None)
    index.run()
    page = open_page(ben, viewport={"width": 390, "height": 844})
    page.goto("/new/")
    similar = page.locator(".similar")
    page.get_by_label("Title").press_sequentially("Planting limes")
    expect(similar.get_by_role("link", name="Shall we plant limes?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_label("Title").fill("A river")
    expect(similar).to_be_empty()


def test_tags_are_suggested_while_the_last_one_is_typed(open_page, ada, ben):
    category = Category.objects.create(name="General", slug="general")
    Topic.open(author=ada, category=category, title="Limes", body="Here.", token=None, tags=["late-frost"])
    page = open_page(ben)
    page.goto("/new/")
    page.get_by_label("Tags").press_sequentially("oak, Late f")
    option = page.locator("datalist option[value='oak, late-frost']")
    expect(option).to_be_attached()
