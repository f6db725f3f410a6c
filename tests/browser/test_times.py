"""Times are those of the reader: in the zone of the browser or of the member, by the server's clock."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from accounts.models import User
from forums.models import Category, Topic
from polls.models import Poll

pytestmark = pytest.mark.django_db(transaction=True)

ZONES = pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Tokyo", "18:00 GMT+9"), ("America/Los_Angeles", "18:00 GMT-8")]
)


@pytest.fixture
def limes(ada):
    town = Category.objects.create(name="Town", slug="town")
    return Topic.open(author=ada, category=town, title="Limes?", body="Shall we?", token=uuid4())


@ZONES
def test_a_member_takes_the_zone_of_the_device_and_a_poll_closes_at_the_hour_that_its_form_shows(
    open_page, ada, limes, zone, shown
):
    page = open_page(ada, timezone_id=zone)
    page.goto(f"/t/{limes.pk}/polls/new/")
    page.get_by_role("button", name=f"Use {zone.replace('_', ' ')}").click()
    expect(page.locator(".notice")).to_contain_text(f"Times are shown in {zone.replace('_', ' ')}")
    page.get_by_role("textbox", name="Question").fill("Which?")
    page.get_by_role("textbox", name="Options").fill("Oak\nAsh")
    page.get_by_label("Closes").fill("2027-01-15T18:00")
    page.get_by_role("button", name="Open the poll").click()
    expect(page.locator(".turnout time")).to_have_text(f"Fri, 15 Jan 2027, {shown}")
    page.goto(f"/poll/{Poll.objects.get().pk}/edit/")
    expect(page.get_by_label("Closes")).to_have_value("2027-01-15T18:00")
    assert page.get_by_role("button", name="Use").count() == 0


@ZONES
def test_a_visitor_sees_their_own_zone_and_signs_up_with_it(open_page, ada, limes, zone, shown):
    hour = {"Asia/Tokyo": 9, "America/Los_Angeles": 2}[zone]
    closes_at = datetime(2099, 1, 16, hour, tzinfo=UTC)
    poll = Poll.open(
        author=ada, topic=limes, question="Which?", wordings=["Oak", "Ash"], method="one", closes_at=closes_at,
        token=uuid4(),
    )  # fmt: skip
    page = open_page(timezone_id=zone)
    page.goto(poll.get_absolute_url())
    expect(page.locator(".turnout time")).to_contain_text(shown)
    page.goto("/accounts/signup/")
    expect(page.locator("[name=time_zone]")).to_have_value(zone)
    plain = open_page(timezone_id=zone, scripts=False)
    plain.goto(poll.get_absolute_url())
    expect(plain.locator(".turnout time")).to_have_text(f"16 Jan 2099, 0{hour}:00 UTC")


def test_the_zone_of_the_device_is_offered_once(open_page, ada):
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Kolkata")
    page = open_page(ada, timezone_id="Europe/Lisbon")
    page.goto("/")
    page.get_by_role("button", name="Keep Asia/Kolkata").click()
    expect(page.get_by_role("button", name="Keep")).to_have_count(0)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="Keep").count() == 0
    same = open_page(ada, timezone_id="Asia/Calcutta")  # another name of the same zone
    same.goto("/")
    same.wait_for_load_state("networkidle")
    assert same.get_by_role("button", name="Keep").count() == 0


# The page says only in which minute it was written.
JUST_NOW = re.compile(r"^(just now|1m ago)$")


@pytest.mark.parametrize("minutes", [-11, 11], ids=["slow", "fast"])
def test_a_wrong_clock_of_the_browser_does_not_date_a_new_comment(open_page, limes, minutes):
    page = open_page(fresh=True)
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {minutes * 60_000}")
    page.goto(limes.get_absolute_url())
    expect(page.locator(".opening time").first).to_have_text(JUST_NOW)


def test_a_time_that_no_script_writes_is_not_cut(open_page, ada):
    page = open_page()
    page.goto("/u/Ada/")
    joined = page.locator(".member time")
    assert joined.inner_text() == f"{ada.date_joined:%B %Y}"
    assert joined.evaluate("time => time.scrollWidth <= time.clientWidth")
