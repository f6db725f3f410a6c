"""What others write, in a tab that stands open: it waits until it is wanted, and nothing moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import of, shown, where

SORTS = ("best", "new", "old", "top", "controversial")


@pytest.fixture
def topic(town):
    return town.do("open_topic", by="Ada")


@pytest.fixture
def thread(town, topic):
    """Twelve long replies to the opening, so that the page scrolls; the third has an answer."""
    ids = [town.do("reply", by="Cleo", below=topic["opening"], body="A long text. " * 60) for _ in range(12)]
    town.do("reply", by="Ada", below=ids[2], body="An answer")
    return ids


def chip(page, comment):
    return of(page, comment).locator("> .acts > .live-chip")


def bar(page):
    return page.locator(".live-bar")


def test_a_reply_waits_behind_a_chip_and_a_press_shows_it_without_moving_anything(tab, town, topic, thread):
    page = tab("Ben", f"{topic['address']}?sort=old")
    of(page, thread[6]).evaluate("row => row.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = where(page)
    new = town.do("reply", by="Cleo", below=thread[2], body="I think so, too")
    deep = town.do("reply", by="Dora", below=new, body="And I")
    town.do("reply", by="Dora", below=thread[6], body="Here as well")
    expect(chip(page, thread[2])).to_have_text("2 new replies")
    expect(chip(page, thread[6])).to_have_text("1 new reply")
    expect(bar(page)).to_have_text("3 new")
    assert where(page) == before
    expect(page.locator(".discussion")).not_to_contain_text("I think so, too")
    # Pressed without scrolling to it, as a key would.
    chip(page, thread[2]).evaluate("chip => chip.click()")
    for comment in (new, deep):
        expect(of(page, comment)).to_have_class(re.compile("is-new"))
    assert page.evaluate("scrollY") > before["scrolled"]
    assert where(page)["rows"] == before["rows"]
    chip(page, thread[6]).click()
    reading = [row for row in before["rows"] if row[0] in (f"comment-{thread[5]}", f"comment-{thread[6]}")]
    assert len(reading) > 3
    assert [row for row in where(page)["rows"] if row in reading] == reading
    expect(bar(page)).to_have_count(0)
    expect(page.locator(".new-bar strong")).to_have_text("3 new")
    assert shown(page) == shown(tab("Ben", f"{topic['address']}?sort=old"))


def test_the_bar_shows_all_and_keys_lead_through_them(tab, town, topic, thread):
    page = tab("Ben", f"{topic['address']}?sort=old")
    ids = [town.do("reply", by="Cleo", below=below, body="New") for below in (thread[1], topic["opening"])]
    expect(bar(page)).to_have_text("2 new")
    page.keyboard.press("s")
    expect(page.locator(".comment.is-new")).to_have_count(2)
    expect(page.locator(".new-bar [data-key]")).to_be_focused()
    for key, comment in (("n", ids[0]), ("n", ids[1]), ("p", ids[0])):
        page.keyboard.press(key)
        expect(of(page, comment)).to_be_focused()
        expect(of(page, comment)).to_be_in_viewport()


def test_a_chip_is_reached_and_pressed_by_keys_alone(tab, town, topic):
    below = town.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    page = tab("Ben", topic["address"])
    new = town.do("reply", by="Cleo", below=below, body="Because")
    expect(chip(page, below)).to_be_visible()
    of(page, below).locator("> .acts summary").focus()
    page.keyboard.press("Tab")
    expect(chip(page, below)).to_be_focused()
    assert chip(page, below).evaluate("chip => getComputedStyle(chip).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(of(page, new)).to_be_focused()


def test_ones_own_reply_appears_once_and_at_once_in_ones_other_tab(tab, town, topic):
    below = town.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    here, there = tab("Ben", topic["address"]), tab("Ben", topic["address"])
    of(here, below).locator("> .acts .reply").click()
    here.locator(".comment > .composer textarea").fill("Mine alone")
    here.locator(".comment > .composer").get_by_role("button", name="Reply", exact=True).click()
    mine = here.locator(".comment > .prose", has_text="Mine alone")
    for page in (here, there):
        expect(page.locator(".comment.is-mine > .prose", has_text="Mine alone")).to_be_visible()
    town.do("reply", by="Cleo", below=topic["opening"], body="Afterwards")
    for page in (here, there):  # what came before this has been told
        expect(bar(page)).to_have_text("1 new")
        expect(page.locator(".thread-bar h2")).to_have_text("3 replies")
    expect(mine).to_have_count(1)
    expect(there.locator(".comment.is-new")).to_have_count(0)
    assert shown(here) == shown(there)


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_shown_stands_where_a_reload_shows_it(tab, town, topic, sort):
    first, second = (
        town.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("First", "Second")
    )
    deep = town.do("chain", by="Cleo", below=first, length=11)
    town.do("reply", by="Cleo", below=deep[6], body="Beside the ninth level")
    page = tab("Ben", f"{topic['address']}?sort={sort}")
    for below in (topic["opening"], first, second, deep[5], deep[6], deep[7], deep[9], deep[10]):
        new = town.do("reply", by="Dora", below=below, body=f"Below {below}")
        town.do("reply", by="Dora", below=new, body=f"Further below {below}")
    expect(bar(page)).to_have_text("16 new")
    bar(page).click()
    expect(page.locator(".comment.is-new")).to_have_count(16)
    assert shown(page) == shown(tab("Ben", f"{topic['address']}?sort={sort}"))


def test_what_answers_a_comment_that_is_not_on_the_page_is_counted_where_more_is_promised(tab, town, topic):
    below = town.do("reply", by="Cleo", below=topic["opening"], body="Who comes?")
    ids = [town.do("reply", by="Dora", below=below, body=f"I, {number}") for number in range(42)]
    page = tab("Ben", f"{topic['address']}?sort=old")
    more = page.locator(f'.more > a[data-branch="{below}"]')
    expect(more).to_have_text("2 more replies")
    new = town.do("reply", by="Cleo", below=ids[41], body="You, too?")
    expect(more).to_have_text("3 more replies")
    expect(page.locator(".new-bar strong")).to_have_text("1 new")
    expect(of(page, below).locator("> .meta > .branch")).to_have_text("1 new below")
    more.click()
    expect(of(page, new)).to_have_class(re.compile("is-new"))
    town.do("delete", comment=new)
    expect(of(page, new)).to_have_count(0)
    expect(page.locator(".new-bar")).to_be_hidden()
    assert shown(page)[:41] == shown(tab("Ben", f"{topic['address']}?sort=old"))[:41]


def test_a_branchs_page_shows_its_own_and_nothing_else(tab, town, topic):
    base, other = (town.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("One", "Two"))
    page = tab("Ben", f"{topic['address']}?branch=2")
    town.do("reply", by="Dora", below=other, body="Elsewhere")
    new = town.do("reply", by="Dora", below=base, body="Here")
    expect(bar(page)).to_have_text("1 new")
    expect(page.locator(".thread-bar h2")).to_have_text("1 reply in this branch")
    bar(page).click()
    expect(of(page, new)).to_be_visible()
    assert shown(page) == shown(tab("Ben", f"{topic['address']}?branch=2"))


def test_what_has_been_shown_is_seen_and_what_waits_is_not(tab, town, topic):
    page = tab("Ben", topic["address"])
    first, second = (
        town.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("One", "Two")
    )
    expect(bar(page)).to_have_text("2 new")
    assert town.do("seen", by="Ben", topic=topic["id"]) == 1
    with page.expect_request("**/seen/"):
        bar(page).click()
    town.do("reply", by="Cleo", below=second, body="Three")
    town.do("reply", by="Cleo", below=first, body="Four")
    expect(chip(page, first)).to_be_visible()
    with page.expect_request("**/seen/") as told:
        chip(page, second).click()
    assert 'name="seq"\r\n\r\n4' in told.value.post_data
    page.goto("/")
    expect(page.locator(".topic", has=page.locator(f'a[href="{topic["address"]}"]'))).to_contain_text("1 new")


def test_ignored_members_are_not_counted_and_stay_folded_away(tab, town, topic):
    town.do("ignore", by="Hal", other="Cleo")
    page = tab("Hal", topic["address"])
    silent = town.do("reply", by="Cleo", below=topic["opening"], body="Buy my watches")
    town.do("reply", by="Ben", below=topic["opening"], body="Limes, please")
    expect(bar(page)).to_have_text("1 new")
    bar(page).click()
    expect(of(page, silent).locator("summary").first).to_have_text("From Cleo, whom you ignore")
    expect(page.get_by_text("Buy my watches")).to_be_hidden()
    expect(page.locator(".new-bar strong")).to_have_text("1 new")


def test_a_visitor_is_told_as_well(tab, town, topic):
    page = tab(None, topic["address"])
    new = town.do("reply", by="Cleo", below=topic["opening"], body="New to all")
    bar(page).click()
    expect(of(page, new)).to_have_class(re.compile("is-new"))
    expect(page.locator(".new-bar")).to_contain_text("1 new")
    expect(page.locator(".new-bar button")).to_have_count(0)
