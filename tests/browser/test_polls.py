"""Voting and watching results: with a mouse, with keys, and from two tabs."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Topic
from polls.ballots import voting
from polls.models import Ballot, Poll
from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def put(ada):
    """Opens a public poll about three trees: `put(method)`."""

    def put(method, **rules):
        category, _ = Category.objects.get_or_create(name="Town", slug="town")
        topic = Topic.open(author=ada, category=category, title="Trees", body="Which?", token=uuid4())
        rules = {"secret": False, "results_show": "always"} | rules
        poll = Poll.open(
            author=ada, topic=topic, wordings=["Oak", "Ash", "Elm"], token=uuid4(), method=method,
            question="Which tree?", **rules,
        )  # fmt: skip
        return Poll.objects.for_page().get(pk=poll.pk)

    return put


def visit(page, poll):
    """Goes to the poll's page and waits until its scripts have started: without them, the form loads a new page."""
    page.goto(poll.get_absolute_url())
    wait_for_scripts(page)


def test_a_vote_shows_without_a_reload(put, open_page, ben):
    poll = put("one")
    page = open_page(ben)
    visit(page, poll)
    page.evaluate("window.here = true")
    page.get_by_role("radio", name="Ash").check()
    page.get_by_role("button", name="Cast your ballot").click()
    expect(page.locator(".poll")).to_contain_text("You have voted: Ash")
    expect(page.locator("[data-turnout]")).to_have_text("1")
    assert page.evaluate("window.here") is True


@pytest.mark.parametrize("method", ["runoff", "schulze"])
def test_options_are_ranked_by_keys(method, put, open_page, ben):
    poll = put(method)
    oak, ash, _ = poll.option_ids
    page = open_page(ben)
    visit(page, poll)
    ash_handle = page.get_by_role("button", name="Ash")
    ash_handle.focus()
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Ash, rank 1")).to_be_focused()
    page.get_by_role("button", name="Oak").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Oak, rank 2")).to_be_visible()
    page.get_by_role("button", name="Cast your ballot").click()
    expect(page.locator(".poll")).to_contain_text("You have voted: Ash, then Oak")
    assert Ballot.objects.get().marks == [[ash], [oak]]


def test_options_are_ranked_by_pressing_them_in_order(put, open_page, ben):
    poll = put("runoff")
    _, ash, elm = poll.option_ids
    page = open_page(ben, viewport={"width": 390, "height": 800}, has_touch=True)
    visit(page, poll)
    page.locator(".is-sortable").wait_for()
    for name in ("Oak", "Elm", "Ash", "Oak"):
        page.locator(".is-sortable label", has_text=name).tap()
    expect(page.get_by_role("button", name="Elm, rank 1")).to_be_visible()
    expect(page.get_by_role("button", name="Oak, not ranked")).to_be_visible()
    page.get_by_role("button", name="Cast your ballot").tap()
    expect(page.locator(".poll")).to_contain_text("You have voted: Elm, then Ash")
    assert Ballot.objects.get().marks == [[elm], [ash]]


def test_a_secret_vote_shows_its_receipt_and_key_once(put, open_page, ben):
    poll = put("one", secret=True)
    page = open_page(ben)
    visit(page, poll)
    page.get_by_role("radio", name="Oak").check()
    page.get_by_role("button", name="Cast your ballot").click()
    key = page.locator(".poll-receipt code").nth(1).inner_text()
    page.reload()
    expect(page.locator(".poll-receipt")).to_have_count(0)
    page.get_by_text("Change my ballot").first.click()
    page.get_by_role("radio", name="Elm").check()
    page.get_by_label("Your key").fill(key)
    page.locator(".poll-change button").click()
    expect(page.locator(".poll")).to_contain_text("Your ballot has been counted")


def test_the_receipt_and_key_are_copied_saved_and_remembered(put, open_page, live_server, ben):
    poll = put("one", secret=True)
    page = open_page(ben, permissions=["clipboard-read", "clipboard-write"])
    visit(page, poll)
    page.get_by_role("radio", name="Oak").check()
    page.get_by_role("button", name="Cast your ballot").click()
    expect(page.locator(".poll-receipt code")).to_have_count(2)
    receipt, key = page.locator(".poll-receipt code").all_inner_texts()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".notices .notice")).to_have_text("Copied.")
    lines = [
        poll.question,
        f"{live_server.url}{poll.get_absolute_url()}",
        f"Receipt: {receipt}",
        f"Key: {key}",
        "",
    ]
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == lines
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as file").click()
    assert saving.value.path().read_text().split("\n") == lines
    page.get_by_role("button", name="Remember in this browser").click()
    page.reload()
    page.get_by_text("Change my ballot").first.click()
    expect(page.locator(".poll-change").first.get_by_label("Your key")).to_have_value(key)
    page.get_by_role("radio", name="Elm").check()
    page.locator(".poll-change button").first.click()
    remembering = page.get_by_role("button", name="Remember in this browser")
    expect(remembering).to_have_attribute("aria-pressed", "true")  # of the new key
    remembering.click()
    expect(remembering).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.get_by_text("Change my ballot").first.click()
    expect(page.locator(".poll-change").first.get_by_label("Your key")).to_have_value("")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("method", Poll.Method.values)
def test_no_poll_is_wider_than_its_page(method, width, put, open_page, ben):
    poll = put(method)
    marks = [(poll.option_ids[0], 3)] if poll.counting_method.has_numbers else [poll.option_ids[0]]
    if poll.counting_method.is_ranked:
        marks = [marks]
    voting.cast(poll, member=ben, marks=marks, token=uuid4())
    page = open_page(ben, viewport={"width": width, "height": 800})
    visit(page, poll)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
