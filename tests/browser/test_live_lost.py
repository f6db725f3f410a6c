"""When the connection is lost, or was never there: nothing is missed, and nothing that was written is lost."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.reading import let_time_pass, of, shown
from tests.browser.wire import carry, told


@pytest.fixture
def topic(town):
    return town.do("open_topic", by="Ada")


def test_a_page_ends_equal_to_a_reload_after_the_server_was_killed(tab, town, topic):
    first = town.do("reply", by="Cleo", below=topic["opening"], body="First")
    second = town.do("reply", by="Cleo", below=topic["opening"], body="Second")
    gone = town.do("reply", by="Cleo", below=topic["opening"], body="Soon gone")
    page = tab("Ben", f"{topic['address']}?sort=old")
    of(page, first).locator("> .acts .reply").click()
    area = page.locator(".comment > .composer textarea")
    area.press_sequentially("Half a thought")
    town.kill()
    expect(page.locator(".live-state")).to_have_text("Connection lost, trying again")
    deep = town.do("chain", by="Dora", below=first, length=3)
    town.do("edit", comment=second, body="Second, on second thoughts")
    town.do("delete", comment=gone)
    town.do("hide", comment=deep[1])
    town.do("reply", by="Dora", below=topic["opening"], body="Third")
    area.press_sequentially(", and the other half")
    town.start()
    expect(page.locator(".live-bar")).to_have_text("3 new", timeout=60_000)
    expect(page.locator(".live-state")).to_have_count(0)
    page.locator(".live-bar").click()
    expect(of(page, second).locator("> .prose")).to_have_text("Second, on second thoughts")
    expect(area).to_have_value("Half a thought, and the other half")
    assert shown(page) == shown(tab("Ben", f"{topic['address']}?sort=old"))
    town.do("reply", by="Dora", below=second, body="And on it goes")
    expect(page.locator(".live-bar")).to_have_text("1 new")


def test_a_laptop_that_wakes_has_what_it_missed(tab, town, topic):
    page = tab("Ben", topic["address"])
    town.do("reply", by="Cleo", below=topic["opening"], body="While it was awake")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.context.set_offline(True)
    new = town.do("reply", by="Cleo", below=topic["opening"], body="While it slept")
    expect(page.locator(".live-state")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".live-bar")).to_have_text("2 new")
    page.locator(".live-bar").click()
    expect(of(page, new)).to_be_visible()


def test_a_dead_socket_is_given_up_after_a_sleep(tab, town, topic):
    page = tab("Ben", "/search/")
    carried, dead = [], []

    def carry(socket):
        """Of the first two sockets (the other page's is one) nothing comes any more, once that is so."""
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: None if socket in dead else socket.send(text))

    page.route_web_socket("**/ws/", carry)
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    dead += carried
    new = town.do("reply", by="Cleo", below=topic["opening"], body="While it slept")
    page.clock.fast_forward(3_600_000)
    let_time_pass(page, until=page.locator(".live-bar"))
    assert len(carried) > len(dead)
    page.locator(".live-bar").click()
    expect(of(page, new)).to_be_visible()


def test_who_signs_out_elsewhere_goes_on_as_a_visitor(tab, town, topic):
    page = tab("Gil", topic["address"])
    other = page.context.new_page()
    other.goto("/")
    other.get_by_label("Your menu, Gil").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in")).to_be_visible()
    town.do("reply", by="Cleo", below=topic["opening"], body="Open to all")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    expect(page.locator(".live-state")).to_have_count(0)


def test_without_any_socket_the_page_asks_by_itself(tab, town, topic):
    page = tab("Ben", "/search/")
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    new = town.do("reply", by="Cleo", below=topic["opening"], body="Asked for")
    let_time_pass(page, until=page.locator(".live-bar"))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.locator(".live-bar").click()
    expect(of(page, new)).to_be_visible()
    expect(page.locator(".live-state")).to_have_count(0)  # it has never been there


def test_a_message_that_comes_twice_late_or_never_does_no_harm(tab, town, topic):
    page = tab("Ben", "/search/")
    kept = []

    def carry(socket):
        server = socket.connect_to_server()
        server.on_message(lambda text: kept.append((socket, text)))

    page.route_web_socket("**/ws/", carry)
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    ids = []
    for number in range(4):
        ids.append(town.do("reply", by="Cleo", below=topic["opening"], body=f"Number {number}"))
        while sum('"topic_changed"' in text for _, text in kept) < number + 1:
            page.wait_for_timeout(20)
    told = [(socket, text) for socket, text in kept if '"topic_changed"' in text]
    for socket, text in [told[2], told[2], told[0], told[3]]:
        socket.send(text)
    expect(page.locator(".live-bar")).to_have_text("4 new")
    page.locator(".live-bar").click()
    expect(page.locator(".comment.is-new")).to_have_count(4)


def test_a_crowd_is_told_numbers_and_asks_when_pressed(tab, town, topic):
    page = tab("Ben", "/search/")
    carried = []

    def carry(socket):
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: '"topic_changed"' in text or socket.send(text))

    page.route_web_socket("**/ws/", carry)
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    new = town.do("reply", by="Cleo", below=topic["opening"], body="One of many")
    counted = {"kind": "topic_counted", "topic": topic["id"], "version": 2, "comment_count": 1}
    carried[-1].send(json.dumps([counted]))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    expect(page.locator(".discussion")).not_to_contain_text("One of many")
    page.locator(".live-bar").click()
    expect(of(page, new)).to_be_visible()
    crowded = {"kind": "topic_crowded", "topic": topic["id"], "every": 1}
    carried[-1].send(json.dumps([crowded]))
    town.do("reply", by="Cleo", below=topic["opening"], body="Another of many")
    expect(page.locator(".live-bar")).to_have_text("1 new")


def test_a_crowd_asks_for_a_polls_numbers(tab, town, topic):
    poll = town.do("open_poll", by="Ada", topic=topic["id"], question="Which?", options=["Oak", "Ash"])
    page = tab("Ben", "/search/")
    carried = carry(page, without="poll_counted")
    page.clock.install()
    page.goto(f"/poll/{poll}/")
    page.wait_for_load_state("networkidle")
    turnout = page.locator("[data-turnout]")
    town.do("cast", by="Cleo", poll=poll)
    page.clock.run_for(60_000)
    expect(turnout).to_have_text("0")  # nobody has told this page
    told(carried, kind="poll_counted", poll=poll, turnout=1)
    expect(turnout).to_have_text("1")
    expect(page.locator(".results")).not_to_contain_text("100")
    let_time_pass(page, until=page.locator(".results", has_text="100"))
    expect(page.locator(".results")).to_contain_text("100")
    told(carried, kind="topic_crowded", topic=topic["id"], every=20)
    town.do("cast", by="Dora", poll=poll)
    let_time_pass(page, until=turnout.filter(has_text="2"))
    expect(turnout).to_have_text("2")


def test_a_poll_that_has_not_opened_yet_is_followed_when_it_does(tab, town, topic):
    rules = {"question": "Which?", "options": ["Oak", "Ash"], "opens_in": 6}
    poll = town.do("open_poll", by="Ada", topic=topic["id"], **rules)
    page = tab("Ben", f"/poll/{poll}/")
    expect(page.locator(".turnout")).to_contain_text("opens")
    expect(page.get_by_role("radio", name="Oak")).to_be_visible()
    expect(page.locator(".turnout")).not_to_contain_text("opens")
    town.do("cast", by="Cleo", poll=poll)
    expect(page.locator("[data-turnout]")).to_have_text("1")


@pytest.mark.parametrize("what", ["lock", "close_poll"])
def test_a_crowd_asks_for_what_all_need_in_more_time_than_a_few(tab, town, topic, what):
    """Two hundred in a second: of 6,000 pages, one that is in the middle asks after 15 seconds."""
    poll = town.do("open_poll", by="Ada", topic=topic["id"], question="Which?", options=["Oak", "Ash"])
    page = tab("Ben", "/search/")
    page.add_init_script("Math.random = () => 0.5")
    carried = carry(page, without="readers_counted")
    page.clock.install()
    page.goto(topic["address"])
    page.wait_for_load_state("networkidle")
    told(carried, kind="readers_counted", topic=topic["id"], readers=6_000)
    expect(page.locator(".presence")).to_contain_text("6,000 reading")
    if what == "lock":
        town.do("moderate", topic=topic["id"], verb="lock")
        expect(page.locator(".topic-face")).to_contain_text("locked")
        end = page.locator(".reply-end", has_text="This topic is locked")
    else:
        town.do("close_poll", poll=poll)
        end = page.locator(".turnout", has_text="closed")
    page.wait_for_timeout(1_000)
    page.clock.run_for(13_000)
    page.wait_for_timeout(500)
    expect(end).to_have_count(0)
    page.clock.run_for(5_000)
    expect(end).to_have_count(1)


def test_one_tab_too_many_says_so_and_stays_away(tab, town, topic):
    page = tab("Ben", "/search/")
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
    town.do("reply", by="Cleo", below=topic["opening"], body="Asked for")
    let_time_pass(page, until=page.locator(".live-bar"))
    expect(page.locator(".live-bar")).to_have_text("1 new")
    assert len(asked) == 1


def test_with_scripts_off_the_page_works_and_shows_nothing_that_needs_them(tab, town, topic):
    below = town.do("reply", by="Cleo", below=topic["opening"], body="Why?")
    page = tab("Ben", topic["address"], scripts=False)
    for selector in (".new-bar", ".live-bar", ".live-chip", ".live-state"):
        expect(page.locator(f"{selector}:visible")).to_have_count(0)
    new = town.do("reply", by="Cleo", below=below, body="Because")
    of(page, below).locator("> .acts .reply").click()
    page.get_by_label("Your reply").fill("Without scripts")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(of(page, new)).to_be_visible()
    expect(page.locator(".comment.is-mine > .prose")).to_have_text("Without scripts")
