"""Live updates without a connection: the page misses nothing, and keeps what the reader is writing."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import advance_clock, row_of, shown_rows, wait_for_scripts
from tests.browser.websocket_proxy import inject, intercept


@pytest.fixture
def topic(site):
    return site.do("open_topic", by="Ada")


@pytest.mark.console_errors(r"WebSocket connection .* failed|ERR_CONNECTION_REFUSED")
def test_a_page_ends_equal_to_a_reload_after_the_server_was_killed(tab, site, topic):
    first = site.do("reply", by="Cleo", below=topic["opening"], body="First")
    second = site.do("reply", by="Cleo", below=topic["opening"], body="Second")
    gone = site.do("reply", by="Cleo", below=topic["opening"], body="Soon gone")
    page = tab("Ben", f"{topic['address']}?sort=old")
    row_of(page, first).locator("> .acts .reply").click()
    area = page.locator(".comment > .composer textarea")
    area.press_sequentially("Half a thought")
    site.kill()
    expect(page.locator(".live-state")).to_have_text("Connection lost, trying again")
    deep = site.do("chain", by="Dora", below=first, length=3)
    site.do("edit", comment=second, body="Second, on second thoughts")
    site.do("delete", comment=gone)
    site.do("hide", comment=deep[1])
    site.do("reply", by="Dora", below=topic["opening"], body="Third")
    area.press_sequentially(", and the other half")
    site.start()
    expect(page.locator(".live-bar")).to_have_text("3 new", timeout=60_000)
    expect(page.locator(".live-state")).to_have_count(0)
    page.locator(".live-bar").click()
    expect(row_of(page, second).locator("> .prose")).to_have_text("Second, on second thoughts")
    expect(area).to_have_value("Half a thought, and the other half")
    assert shown_rows(page) == shown_rows(tab("Ben", f"{topic['address']}?sort=old"))
    site.do("reply", by="Dora", below=second, body="And on it goes")
    expect(page.locator(".live-bar")).to_have_text("1 new")


@pytest.mark.console_errors(r"ERR_INTERNET_DISCONNECTED")
def test_a_laptop_that_wakes_has_what_it_missed(tab, site, topic):
    page = tab("Ben", topic["address"])
    site.do("reply", by="Cleo", below=topic["opening"], body="While it was awake")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.context.set_offline(True)
    new = site.do("reply", by="Cleo", below=topic["opening"], body="While it slept")
    expect(page.locator(".live-state")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".live-bar")).to_have_text("2 new")
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()


def test_a_dead_socket_is_given_up_after_a_sleep(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    carried, dead = [], []

    def carry(socket):
        """Forwards messages until the socket is in `dead`. The tab's earlier page has opened a socket, too."""
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: None if socket in dead else socket.send(text))

    page.route_web_socket("**/ws/", carry)
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    dead += carried
    new = site.do("reply", by="Cleo", below=topic["opening"], body="While it slept")
    page.clock.fast_forward(3_600_000)
    advance_clock(page, until=page.locator(".live-bar"))
    assert len(carried) > len(dead)
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()


def test_who_signs_out_elsewhere_goes_on_as_a_visitor(tab, site, topic):
    page = tab("Gil", topic["address"])
    other = page.context.new_page()
    other.goto("/")
    other.get_by_label("Your menu, Gil").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    site.do("reply", by="Cleo", below=topic["opening"], body="Open to all")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    expect(page.locator(".live-state")).to_have_count(0)


def test_without_any_socket_the_page_asks_by_itself(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    new = site.do("reply", by="Cleo", below=topic["opening"], body="Asked for")
    advance_clock(page, until=page.locator(".live-bar"))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()
    expect(page.locator(".live-state")).to_have_count(0)  # the page never had a connection to lose


@pytest.mark.console_errors(r"ERR_FAILED")
def test_a_long_answer_continues_after_a_failed_part(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.clock.install()
    asked = []

    def fail_once(route):
        asked.append(route.request.url.partition("?")[2])
        route.abort() if len(asked) == 2 else route.continue_()

    page.route("**/changes/**", fail_once)
    page.goto(topic["address"])
    wait_for_scripts(page)
    for number in range(14):
        site.do("reply", by="Cleo", below=topic["opening"], body=f"Long {number}. " + "lime " * 7_900)
    advance_clock(page, until=page.locator(".live-bar"))
    expect(page.locator(".live-bar")).to_have_text("14 new")
    first, failed, again, *_ = asked
    assert "after" not in first and "after" in failed and again == failed


def test_a_message_that_comes_twice_late_or_never_does_no_harm(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    kept = []

    def carry(socket):
        server = socket.connect_to_server()
        server.on_message(lambda text: kept.append((socket, text)))

    page.route_web_socket("**/ws/", carry)
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    ids = []
    for number in range(4):
        ids.append(site.do("reply", by="Cleo", below=topic["opening"], body=f"Number {number}"))
        while sum('"topic_changed"' in text for _, text in kept) < number + 1:
            page.wait_for_timeout(20)
    told = [(socket, text) for socket, text in kept if '"topic_changed"' in text]
    for socket, text in [told[2], told[2], told[0], told[3]]:
        socket.send(text)
    expect(page.locator(".live-bar")).to_have_text("4 new")
    page.locator(".live-bar").click()
    expect(page.locator(".comment.is-new")).to_have_count(4)


def test_a_crowd_is_told_numbers_and_asks_when_pressed(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    carried = []

    def carry(socket):
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: '"topic_changed"' in text or socket.send(text))

    page.route_web_socket("**/ws/", carry)
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    new = site.do("reply", by="Cleo", below=topic["opening"], body="One of many")
    counted = {"kind": "topic_counted", "topic": topic["id"], "version": 2, "comment_count": 1}
    carried[-1].send(json.dumps([counted]))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    expect(page.locator(".discussion")).not_to_contain_text("One of many")
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()
    crowded = {"kind": "topic_crowded", "topic": topic["id"], "every": 1}
    carried[-1].send(json.dumps([crowded]))
    site.do("reply", by="Cleo", below=topic["opening"], body="Another of many")
    expect(page.locator(".live-bar")).to_have_text("1 new")


def test_a_crowd_asks_for_a_polls_numbers(tab, site, topic):
    poll = site.do("open_poll", by="Ada", topic=topic["id"], question="Which?", options=["Oak", "Ash"])
    page = tab("Ben", "/search/", fresh=True)
    carried = intercept(page, without="poll_counted")
    page.clock.install()
    page.goto(f"/poll/{poll}/")
    page.wait_for_load_state("networkidle")
    turnout = page.locator("[data-turnout]")
    site.do("cast", by="Cleo", poll=poll)
    page.clock.run_for(60_000)
    expect(turnout).to_have_text("0")  # the message was dropped
    inject(carried, kind="poll_counted", poll=poll, turnout=1)
    expect(turnout).to_have_text("1")
    expect(page.locator(".results")).not_to_contain_text("100")
    advance_clock(page, until=page.locator(".results", has_text="100"))
    expect(page.locator(".results")).to_contain_text("100")
    inject(carried, kind="topic_crowded", topic=topic["id"], every=20)
    site.do("cast", by="Dora", poll=poll)
    advance_clock(page, until=turnout.filter(has_text="2"))
    expect(turnout).to_have_text("2")


def test_a_poll_that_has_not_opened_yet_is_followed_when_it_does(tab, site, topic):
    rules = {"question": "Which?", "options": ["Oak", "Ash"], "opens_in": 6}
    poll = site.do("open_poll", by="Ada", topic=topic["id"], **rules)
    page = tab("Ben", f"/poll/{poll}/")
    expect(page.locator(".turnout")).to_contain_text("opens")
    expect(page.get_by_role("radio", name="Oak")).to_be_visible()
    expect(page.locator(".turnout")).not_to_contain_text("opens")
    site.do("cast", by="Cleo", poll=poll)
    expect(page.locator("[data-turnout]")).to_have_text("1")


@pytest.mark.parametrize("what", ["lock", "close_poll"])
def test_a_crowd_asks_for_what_all_need_in_more_time_than_a_few(tab, site, topic, what):
    """Pages spread their requests over 200 a second: of 6,000 pages, a page in the middle asks after 15 seconds."""
    poll = site.do("open_poll", by="Ada", topic=topic["id"], question="Which?", options=["Oak", "Ash"])
    page = tab("Ben", "/search/", fresh=True)
    page.add_init_script("Math.random = () => 0.5")
    carried = intercept(page, without="readers_counted")
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    inject(carried, kind="readers_counted", topic=topic["id"], readers=6_000)
    expect(page.locator(".presence")).to_contain_text("6,000 reading")
    if what == "lock":
        site.do("moderate", topic=topic["id"], verb="lock")
        expect(page.locator(".topic-face")).to_contain_text("locked")
        end = page.locator(".reply-end", has_text="This topic is locked")
    else:
        site.do("close_poll", poll=poll)
        end = page.locator(".turnout", has_text="closed")
    page.wait_for_timeout(1_000)
    page.clock.run_for(13_000)
    page.wait_for_timeout(500)
    expect(end).to_have_count(0)
    page.clock.run_for(5_000)
    expect(end).to_have_count(1)


def test_one_tab_too_many_says_so_and_stays_away(tab, site, topic):
    page = tab("Ben", "/search/", fresh=True)
    asked = []

    def refuse(socket):
        asked.append(socket)
        socket.close(
            code=4009, reason="You have more than 10 tabs open. Live updates stop in this one, the oldest."
        )

    page.route_web_socket("**/ws/", refuse)
    page.clock.install()
    page.goto(topic["address"])
    expect(page.locator(".live-state")).to_contain_text("many tabs open")
    site.do("reply", by="Cleo", below=topic["opening"], body="Asked for")
    advance_clock(page, until=page.locator(".live-bar"))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    assert len(asked) == 1


def test_with_scripts_off_the_page_works_and_shows_nothing_that_needs_them(tab, site, topic):
    below = site.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    page = tab("Ben", topic["address"], scripts=False)
    for selector in (".new-bar", ".live-bar", ".live-chip", ".live-state"):
        expect(page.locator(f"{selector}:visible")).to_have_count(0)
    new = site.do("reply", by="Cleo", below=below, body="Because")
    row_of(page, below).locator("> .acts .reply").click()
    page.get_by_label("Your reply").fill("Without scripts")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(row_of(page, new)).to_be_visible()
    expect(page.locator(".comment.is-mine > .prose")).to_have_text("Without scripts")
