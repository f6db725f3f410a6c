"""Live updates outside a topic's comments: topic lists, the bell and who is reading."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import advance_clock, row_of
from tests.browser.websocket_proxy import inject, intercept


def bar(page):
    return page.locator(".live-bar")


def bell(page):
    return page.locator(".bell .count")


def test_a_list_says_what_has_come_and_shows_it_when_pressed(tab, site):
    old = site.do("open_topic", by="Ada", title="An old matter")
    page, elsewhere = tab("Ben"), tab("Ben", "/c/moot/")
    before = page.locator(".topic h2 a").all_text_contents()
    site.do("open_topic", by="Ada", title="A new matter")
    site.do("reply", by="Cleo", below=old["opening"], body="One more thing")
    expect(bar(page)).to_have_text("1 new topic, 1 with new replies")
    assert page.locator(".topic h2 a").all_text_contents() == before
    page.evaluate("window.here = true")
    page.keyboard.press("s")
    expect(page.locator(".topic:not(.is-pinned) h2 a").nth(0)).to_have_text("An old matter")
    expect(page.locator(".topic:not(.is-pinned) h2 a").nth(1)).to_have_text("A new matter")
    expect(page.locator(".topic").first).to_be_focused()
    expect(bar(page)).to_have_count(0)
    site.do("open_topic", by="Ada", title="One for the moot", category="moot")
    for each in (page, elsewhere):  # a list of another category has shown none of the earlier topics
        expect(bar(each)).to_have_text("1 new topic")
    assert page.evaluate("window.here")


def test_a_list_says_nothing_of_what_it_leaves_out(tab, site):
    for level, category in (("muted", "moot"), ("watching", "town")):
        site.do("watch", by="Gil", category=category, level=level)
    latest, new, watched = tab("Gil"), tab("Gil", "/?list=new"), tab("Gil", "/?list=watched")
    site.do("open_topic", by="Ada", title="In the muted one", category="moot")
    expect(bar(new)).to_have_text("1 new topic")  # this list leaves nothing out
    site.do("open_topic", by="Ada", title="In the watched one")
    expect(bar(new)).to_have_text("2 new topics")
    for page in (latest, watched):
        expect(bar(page)).to_have_text("1 new topic")
    watched.keyboard.press("s")
    expect(watched.locator(".topic h2 a").first).to_have_text("In the watched one")


def test_a_list_says_that_something_came_while_redis_was_away(tab, site):
    page = tab("Ben", "/search/", fresh=True)
    carried = intercept(page, without="topics_changed")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    inject(carried, kind="paused")
    site.do("open_topic", by="Ada", title="During the pause")
    expect(bar(page)).to_have_count(0)
    inject(carried, kind="resumed")
    expect(bar(page)).to_have_text("See what is new")
    page.keyboard.press("s")
    expect(page.get_by_role("link", name="During the pause")).to_be_visible()


def test_without_any_socket_lists_and_the_bell_ask_by_themselves(tab, site):
    topic = site.do("open_topic", by="Dora", title="Asked for")
    site.do("read_all", by="Dora")
    page = tab("Dora", "/search/", fresh=True)
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.clock.install()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.clock.run_for(200_000)
    expect(bar(page)).to_have_count(0)
    other = tab("Dora", "/search/")
    site.do("reply", by="Cleo", below=topic["opening"], body="An answer")
    expect(bell(other)).to_have_text("1")  # the event is dispatched: the page's own clock runs ahead of that
    advance_clock(page, until=page.get_by_text("See what is new"))
    expect(bar(page)).to_have_text("See what is new")
    advance_clock(page, until=bell(page).filter(visible=True))
    expect(bell(page)).to_have_text("1")


@pytest.mark.console_errors(r"WebSocket connection .* failed|ERR_CONNECTION_REFUSED")
def test_the_bell_has_caught_up_when_the_server_is_back(tab, site):
    topic = site.do("open_topic", by="Eve")
    site.do("read_all", by="Eve")
    page = tab("Eve", "/search/")
    expect(bell(page)).to_be_hidden()
    site.kill()
    site.do("reply", by="Cleo", below=topic["opening"], body="While it was away")
    site.start()
    expect(bell(page)).to_have_text("1", timeout=60_000)


def test_who_may_not_see_a_category_hears_nothing_of_it(tab, site):
    steward, outsider, visitor = tab("Ada"), tab("Ben"), tab()
    site.do("open_topic", by="Ada", title="Among ourselves", category="vault")
    expect(bar(steward)).to_have_text("1 new topic")
    site.do("open_topic", by="Ada", title="For everybody")
    expect(bar(steward)).to_have_text("2 new topics")
    for page in (outsider, visitor):
        expect(bar(page)).to_have_text("1 new topic")


def test_nobody_can_listen_to_a_private_topic_by_asking_for_it(tab, site):
    secret = site.do("open_topic", by="Ada", title="Among ourselves", category="vault")
    steward, outsider = tab("Ada", secret["address"]), tab("Ben")
    outsider.evaluate(
        """async (stream) => {
          window.heard = [];
          const live = document.documentElement.dataset.live;
          const socket = new WebSocket(`ws://${location.hostname}${live}/ws/`);
          socket.onmessage = (event) => window.heard.push(event.data);
          await new Promise((resolve) => { socket.onopen = resolve; });
          socket.send(JSON.stringify({ join: stream }));
        }""",
        f"topic:{secret['id']}",
    )
    site.do("reply", by="Ada", below=secret["opening"], body="The key is under the mat")
    site.do("reply", by="Mod", below=secret["opening"], body="Which mat?")
    expect(bar(steward)).to_have_text("1 new")
    heard = outsider.evaluate("window.heard.join()")
    assert "refused" in heard and "mat" not in heard


def test_the_bell_counts_while_one_reads_and_the_title_says_it(tab, site):
    topic = site.do("open_topic", by="Fay")
    page = tab("Fay", "/search/")
    expect(bell(page)).to_be_hidden()
    site.do("reply", by="Cleo", below=topic["opening"], body="An answer")
    expect(bell(page)).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) Search"))


def test_an_answer_that_a_page_has_shown_is_read_while_other_branches_wait(tab, site):
    topic = site.do("open_topic", by="Ada")
    own = site.do("reply", by="Fay", below=topic["opening"], body="Mine")
    other = site.do("reply", by="Hal", below=topic["opening"], body="Another")
    site.do("read_all", by="Fay")
    page = tab("Fay", topic["address"])
    site.do("reply", by="Cleo", below=other, body="Elsewhere")
    site.do("reply", by="Cleo", below=own, body="An answer")
    expect(bar(page)).to_have_text("2 new")
    expect(bell(page)).to_have_text("1")
    row_of(page, own).locator("> .acts > .live-chip").click()
    expect(bar(page)).to_have_text("1 new")
    expect(bell(page)).to_be_hidden()


def test_an_answer_in_another_branch_than_the_page_shows_is_not_read(tab, site):
    topic = site.do("open_topic", by="Ada")
    shown = site.do("reply", by="Hal", below=topic["opening"], body="This branch")
    own = site.do("reply", by="Dora", below=topic["opening"], body="Another, and mine")
    site.do("read_all", by="Dora")
    page = tab("Dora", f"{topic['address']}?branch=2")
    site.do("reply", by="Cleo", below=own, body="An answer")
    expect(bell(page)).to_have_text("1")
    site.do("reply", by="Cleo", below=shown, body="Here")
    expect(bar(page)).to_have_text("1 new")
    with page.expect_response("**/seen/") as told:
        bar(page).click()
    assert told.value.status == 204
    page.goto("/search/")
    expect(bell(page)).to_have_text("1")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_topic_says_who_reads_and_who_writes_and_forgets_it(tab, site, width):
    topic = site.do("open_topic", by="Ada")
    reader = tab("Ada", "/search/", viewport={"width": width, "height": 800}, fresh=True)
    reader.clock.install()
    reader.goto(topic["address"])
    reader.wait_for_load_state("networkidle")
    bar_before = reader.locator(".thread-bar").bounding_box()
    writer = tab("Ben", topic["address"])
    writer.locator(".reply-end textarea").press_sequentially("I think")
    line = reader.locator(".presence")
    expect(line).to_contain_text("Ben is writing …")
    expect(line).to_contain_text("2 reading")
    assert reader.locator(".thread-bar").bounding_box() == bar_before
    expect(writer.locator(".presence")).not_to_contain_text("writing")
    reader.clock.run_for(8_000)
    expect(line).not_to_contain_text("writing")


def test_when_a_first_reply_arrives_its_author_writes_no_more_and_there_is_a_reply(tab, site):
    topic = site.do("open_topic", by="Ada")
    reader, writer = tab("Ada", topic["address"]), tab("Ben", topic["address"])
    none = reader.get_by_text("No replies yet.")
    expect(none).to_be_visible()
    writer.locator(".reply-end textarea").press_sequentially("I think so.")
    expect(reader.locator(".presence")).to_contain_text("Ben is writing …")
    writer.locator(".reply-end").get_by_role("button", name="Reply", exact=True).click()
    expect(bar(reader)).to_have_text("1 new")
    assert "writing" not in reader.locator(".presence").text_content()
    assert (reader.locator(".thread-bar h2").text_content(), none.is_visible()) == ("1 reply", False)


def test_who_is_ignored_is_not_named_while_they_write(tab, site):
    topic = site.do("open_topic", by="Ada")
    site.do("ignore", by="Eve", other="Gil")
    reader, other = tab("Eve", topic["address"]), tab("Ada", topic["address"])
    writer, ignored = tab("Ben", topic["address"]), tab("Gil", topic["address"])
    ignored.locator(".reply-end textarea").press_sequentially("Buy my lamps")
    expect(other.locator(".presence")).to_contain_text("Gil is writing …")
    writer.locator(".reply-end textarea").press_sequentially("I think")
    expect(reader.locator(".presence")).to_contain_text("Ben is writing …")
