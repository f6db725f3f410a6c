"""New comments in an open tab: they wait until the reader shows them, and nothing on the page moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import positions, row_of, shown_rows

SORTS = ("best", "new", "old", "top", "controversial")


@pytest.fixture
def topic(site):
    return site.do("open_topic", by="Ada")


@pytest.fixture
def thread(site, topic):
    """Adds twelve long replies to the opening, so that the page scrolls. The third has an answer."""
    ids = [site.do("reply", by="Cleo", below=topic["opening"], body="A long text. " * 60) for _ in range(12)]
    site.do("reply", by="Ada", below=ids[2], body="An answer")
    return ids


def chip(page, comment):
    return row_of(page, comment).locator("> .acts > .live-chip")


def bar(page):
    return page.locator(".live-bar")


def test_a_reply_waits_behind_a_chip_and_a_press_shows_it_without_moving_anything(tab, site, topic, thread):
    page = tab("Ben", f"{topic['address']}?sort=old")
    row_of(page, thread[6]).evaluate("row => row.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = positions(page)
    new = site.do("reply", by="Cleo", below=thread[2], body="I think so, too")
    deep = site.do("reply", by="Dora", below=new, body="And I")
    site.do("reply", by="Dora", below=thread[6], body="Here as well")
    expect(chip(page, thread[2])).to_have_text("2 new replies")
    expect(chip(page, thread[6])).to_have_text("1 new reply")
    expect(bar(page)).to_have_text("3 new")
    assert positions(page) == before
    expect(page.locator(".discussion")).not_to_contain_text("I think so, too")
    # A click by script does not scroll, as a key press does not.
    chip(page, thread[2]).evaluate("chip => chip.click()")
    for comment in (new, deep):
        expect(row_of(page, comment)).to_have_class(re.compile("is-new"))
    assert page.evaluate("scrollY") > before["scrolled"]
    assert positions(page)["rows"] == before["rows"]
    chip(page, thread[6]).click()
    reading = [row for row in before["rows"] if row[0] in (f"comment-{thread[5]}", f"comment-{thread[6]}")]
    assert len(reading) > 3
    assert [row for row in positions(page)["rows"] if row in reading] == reading
    expect(bar(page)).to_have_count(0)
    expect(page.locator(".new-bar strong")).to_have_text("3 new")
    assert shown_rows(page) == shown_rows(tab("Ben", f"{topic['address']}?sort=old"))


def test_the_bar_shows_all_and_keys_lead_through_them(tab, site, topic, thread):
    page = tab("Ben", f"{topic['address']}?sort=old")
    ids = [site.do("reply", by="Cleo", below=below, body="New") for below in (thread[1], topic["opening"])]
    expect(bar(page)).to_have_text("2 new")
    page.keyboard.press("s")
    expect(page.locator(".comment.is-new")).to_have_count(2)
    expect(page.locator(".new-bar [data-key]")).to_be_focused()
    for key, comment in (("n", ids[0]), ("n", ids[1]), ("p", ids[0])):
        page.keyboard.press(key)
        expect(row_of(page, comment)).to_be_focused()
        expect(row_of(page, comment)).to_be_in_viewport()


def test_a_chip_is_reached_and_pressed_by_keys_alone(tab, site, topic):
    below = site.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    page = tab("Ben", topic["address"])
    new = site.do("reply", by="Cleo", below=below, body="Because")
    expect(chip(page, below)).to_be_visible()
    row_of(page, below).locator("> .acts > .menu").focus()
    page.keyboard.press("Tab")
    expect(chip(page, below)).to_be_focused()
    assert chip(page, below).evaluate("chip => getComputedStyle(chip).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(row_of(page, new)).to_be_focused()


def test_ones_own_reply_appears_once_and_at_once_in_ones_other_tab(tab, site, topic):
    below = site.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    here, there = tab("Ben", topic["address"]), tab("Ben", topic["address"])
    row_of(here, below).locator("> .acts .reply").click()
    here.locator(".comment > .composer textarea").fill("Mine alone")
    here.locator(".comment > .composer").get_by_role("button", name="Reply", exact=True).click()
    mine = here.locator(".comment > .prose", has_text="Mine alone")
    for page in (here, there):
        expect(page.locator(".comment.is-mine > .prose", has_text="Mine alone")).to_be_visible()
    site.do("reply", by="Cleo", below=topic["opening"], body="Afterwards")
    for page in (here, there):  # all earlier messages have arrived
        expect(bar(page)).to_have_text("1 new")
        expect(page.locator(".thread-bar h2")).to_have_text("3 replies")
    expect(mine).to_have_count(1)
    expect(there.locator(".comment.is-new")).to_have_count(0)
    assert shown_rows(here) == shown_rows(there)


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_shown_stands_where_a_reload_shows_it(tab, site, topic, sort):
    first, second = (
        site.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("First", "Second")
    )
    deep = site.do("chain", by="Cleo", below=first, length=11)
    site.do("reply", by="Cleo", below=deep[6], body="Beside the ninth level")
    page = tab("Ben", f"{topic['address']}?sort={sort}")
    for below in (topic["opening"], first, second, deep[5], deep[6], deep[7], deep[9], deep[10]):
        new = site.do("reply", by="Dora", below=below, body=f"Below {below}")
        site.do("reply", by="Dora", below=new, body=f"Further below {below}")
    expect(bar(page)).to_have_text("16 new")
    bar(page).click()
    expect(page.locator(".comment.is-new")).to_have_count(16)
    assert shown_rows(page) == shown_rows(tab("Ben", f"{topic['address']}?sort={sort}"))


def test_what_answers_a_comment_that_is_not_on_the_page_is_counted_where_more_is_promised(tab, site, topic):
    below = site.do("reply", by="Cleo", below=topic["opening"], body="Who comes?")
    ids = [site.do("reply", by="Dora", below=below, body=f"I, {number}") for number in range(42)]
    page = tab("Ben", f"{topic['address']}?sort=old")
    more = page.locator(f'.more > a[data-branch="{below}"]')
    expect(more).to_have_text("2 more replies")
    new = site.do("reply", by="Cleo", below=ids[41], body="You, too?")
    expect(more).to_have_text("3 more replies")
    expect(page.locator(".new-bar strong")).to_have_text("1 new")
    expect(row_of(page, below).locator("> .meta > .branch")).to_have_text("1 new below")
    more.click()
    expect(row_of(page, new)).to_have_class(re.compile("is-new"))
    site.do("delete", comment=new)
    expect(row_of(page, new)).to_have_count(0)
    expect(page.locator(".new-bar")).to_be_hidden()
    assert shown_rows(page)[:41] == shown_rows(tab("Ben", f"{topic['address']}?sort=old"))[:41]


def test_a_branchs_page_shows_its_own_and_nothing_else(tab, site, topic):
    base, other = (site.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("One", "Two"))
    page = tab("Ben", f"{topic['address']}?branch=2")
    site.do("reply", by="Dora", below=other, body="Elsewhere")
    new = site.do("reply", by="Dora", below=base, body="Here")
    expect(bar(page)).to_have_text("1 new")
    expect(page.locator(".thread-bar h2")).to_have_text("1 reply in this branch")
    bar(page).click()
    expect(row_of(page, new)).to_be_visible()
    assert shown_rows(page) == shown_rows(tab("Ben", f"{topic['address']}?branch=2"))


def test_what_has_been_shown_is_seen_and_what_waits_is_not(tab, site, topic):
    page = tab("Ben", topic["address"])
    first, second = (
        site.do("reply", by="Cleo", below=topic["opening"], body=body) for body in ("One", "Two")
    )
    expect(bar(page)).to_have_text("2 new")
    assert site.do("seen", by="Ben", topic=topic["id"]) == 1
    with page.expect_request("**/seen/"):
        bar(page).click()
    site.do("reply", by="Cleo", below=second, body="Three")
    site.do("reply", by="Cleo", below=first, body="Four")
    expect(chip(page, first)).to_be_visible()
    with page.expect_request("**/seen/") as told:
        chip(page, second).click()
    assert 'name="seq"\r\n\r\n4' in told.value.post_data
    page.goto("/")
    expect(page.locator(".topic", has=page.locator(f'a[href="{topic["address"]}"]'))).to_contain_text("1 new")


def test_ignored_members_are_not_counted_and_stay_folded_away(tab, site, topic):
    site.do("ignore", by="Hal", other="Cleo")
    page = tab("Hal", topic["address"])
    silent = site.do("reply", by="Cleo", below=topic["opening"], body="Buy my watches")
    site.do("reply", by="Ben", below=topic["opening"], body="Limes, please")
    expect(bar(page)).to_have_text("1 new")
    bar(page).click()
    expect(row_of(page, silent).locator("summary").first).to_have_text("From Cleo, whom you ignore")
    expect(page.get_by_text("Buy my watches")).to_be_hidden()
    expect(page.locator(".new-bar strong")).to_have_text("1 new")


def test_a_visitor_is_told_as_well(tab, site, topic):
    page = tab(None, topic["address"])
    new = site.do("reply", by="Cleo", below=topic["opening"], body="New to all")
    bar(page).click()
    expect(row_of(page, new)).to_have_class(re.compile("is-new"))
    expect(page.locator(".new-bar")).to_contain_text("1 new")
    expect(page.locator(".new-bar button")).to_have_count(0)
