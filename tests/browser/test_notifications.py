"""The bell, the notifications page and the watch levels, with scripts and without."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Topic
from forums.notifications import dispatch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [390, 1280])
def test_from_watching_a_topic_to_reading_what_is_new(open_page, ada, ben, cleo, scripts, width):
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes", body="Shall we?", token=uuid4())
    opening = topic.comments.get()
    branch = topic.reply(author=ada, parent=opening, body="Or oaks?", token=uuid4())
    dispatch.dispatch_events()
    page = open_page(cleo, scripts=scripts, viewport={"width": width, "height": 800})
    page.goto(topic.get_absolute_url())
    page.locator(".watch > summary").click()
    page.get_by_role("button", name="Watch Get notified of everything new").click()
    expect(page.locator(".watch > summary")).to_have_text("Watching: notifications from here")
    page.locator(f"#comment-{branch.pk} > .acts > .menu").click()
    page.get_by_role("button", name="Mute it").click()
    expect(page.locator(f"#comment-{branch.pk} > .meta")).to_contain_text("muted")

    page.goto("/c/")
    topic.reply(author=ben, parent=branch, body="Oaks drop acorns.", token=uuid4())
    topic.reply(author=ben, parent=opening, body="Limes, by all means.", token=uuid4())
    dispatch.dispatch_events()
    page.goto("/c/")
    bell = page.get_by_role("link", name="Notifications")
    expect(bell).to_contain_text("1")
    bell.click()
    expect(page.locator(".rows .is-new")).to_contain_text("Ben wrote: Limes, by all means.")
    expect(page.locator("main")).not_to_contain_text("acorns")
    page.get_by_role("link", name="Limes, by all means.").click()
    expect(page.locator(".comment .prose", has_text="by all means")).to_be_visible()
    page.goto("/notifications/")
    expect(page.locator(".rows .is-new")).to_have_count(0)
    expect(page.locator(".rows")).to_contain_text("Limes, by all means.")
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
