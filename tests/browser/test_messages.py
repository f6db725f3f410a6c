"""The message after a form can be seen where the browser has scrolled to, and covers nothing that it is about."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Rule, Topic

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def far_below(ada, ben):
    """A comment of Ben's, far below the beginning of its page."""
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we?\n\n" * 60, token=uuid4())
    return topic.reply(author=ben, parent=topic.comments.get(), body="Rude.\n\n" * 30, token=uuid4())


def is_beside(message, target):
    """Whether the message is in sight, below the site's header and above the target's beginning."""
    expect(message).to_be_in_viewport(ratio=1)
    above, below = message.bounding_box(), target.bounding_box()
    return above["y"] > 50 and above["y"] + above["height"] <= below["y"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [390, 1280])
def test_after_a_report_its_confirmation_is_in_sight_beside_the_comment(
    open_page, cleo, far_below, scripts, width
):
    rule = Rule.objects.create(position=1, title="Be kind")
    size = {"width": width, "height": 700}
    page = open_page(cleo, scripts=scripts, viewport=size, reduced_motion="reduce")
    page.goto(f"/comments/{far_below.pk}/report/")
    page.locator(f'[name="rule"][value="{rule.pk}"]').check()
    page.locator("main form button").click()
    message = page.locator(".messages .notice")
    expect(message).to_contain_text("Moderators will look at it")
    page.wait_for_load_state("load")
    assert page.evaluate("scrollY") > 700
    assert is_beside(message, page.locator(f"#comment-{far_below.pk}"))


def test_after_a_sanction_is_lifted_its_confirmation_is_in_sight(open_page, mod, ben):
    for number in range(20):
        ben.warn(by=mod, reason=f"Rude {number}.")
    page = open_page(mod, viewport={"width": 390, "height": 500})
    page.goto("/u/Ben/moderation/")
    page.get_by_role("button", name="Take it back").last.click()
    page.wait_for_url("**/moderation/#sanctions")
    expect(page.locator(".messages .notice")).to_be_in_viewport(ratio=1)
