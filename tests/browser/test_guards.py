"""Limits for new members: a text that waits for a moderator, and a captcha at sign-up."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from accounts.models import Trust, User
from forums.models import Category, Comment, Draft, PendingPost, Topic
from tests.browser.topic_page import wait_for_scripts
from tests.cast import member

pytestmark = pytest.mark.django_db(transaction=True)

LINK = "Look at https://shop.example/lamps please"


@pytest.fixture
def topic(ada):
    category = Category.objects.create(name="General", slug="general")
    return Topic.open(author=ada, category=category, title="Which lamp?", body="For reading.", token=uuid4())


@pytest.fixture
def nia(db):
    return member("Nia", trust=Trust.NEW)


def test_a_text_that_waits_leaves_a_word_where_it_was_written(open_page, topic, nia):
    page = open_page(nia)
    page.goto(topic.get_absolute_url())
    wait_for_scripts(page)
    form = page.locator("#reply form")
    form.locator("textarea").fill(LINK)
    form.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator("#reply .notice.warning")).to_contain_text("This waits for a moderator")
    expect(form.locator("textarea")).to_have_value("")
    assert (PendingPost.objects.get().body, Comment.objects.count(), Draft.objects.count()) == (LINK, 1, 0)
    form.locator("textarea").fill("And without a link?")
    form.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".comment")).to_contain_text("And without a link?")
    assert PendingPost.objects.count() == 1


def test_below_a_comment_the_form_makes_room_for_the_word(open_page, topic, nia, ben):
    comment = topic.reply(author=ben, parent=topic.comments.get(), body="Mine.", token=uuid4())
    page = open_page(nia)
    page.goto(topic.get_absolute_url())
    wait_for_scripts(page)
    row = page.locator(f"#comment-{comment.pk}")
    row.get_by_role("link", name="Reply").click()
    row.locator("textarea").fill(LINK)
    row.get_by_role("button", name="Reply", exact=True).click()
    expect(row.locator(".notice.warning")).to_contain_text("This waits for a moderator")
    expect(row.locator("textarea")).to_have_count(0)
    assert PendingPost.objects.get().parent == comment


def test_without_scripts_a_page_says_that_it_waits_and_leads_back(open_page, topic, nia):
    page = open_page(nia, scripts=False)
    page.goto(topic.get_absolute_url())
    page.locator("#reply textarea").fill(LINK)
    page.locator("#reply").get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".notice.warning")).to_contain_text("This waits for a moderator")
    page.get_by_role("link", name="Back to the discussion").click()
    expect(page.locator("h1")).to_have_text("Which lamp?")


@pytest.mark.parametrize("scripts", [True, False])
def test_people_sign_up_without_meeting_the_trap(open_page, db, scripts):
    page = open_page(scripts=scripts, viewport={"width": 390, "height": 800})
    page.goto("/accounts/signup/")
    trap = page.locator('[name="website"]')
    box = trap.locator("xpath=ancestor::div[contains(@class, 'nobody')]").bounding_box()
    assert max(box["width"], box["height"]) <= 1
    page.get_by_label("Name").focus()
    for text in ("Dora", "dora@example.org", "correct horse battery"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="the rules")).to_be_focused()
    page.get_by_role("button", name="Make an account").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm-email/")
    assert User.objects.get().username == "Dora"
