"""A debate in a tab that was opened early: the countdown, sides, the question and the end, without a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import positions, row_of


@pytest.fixture
def topic(site):
    return site.do("open_topic", by="Ada")


@pytest.fixture
def reply(site, topic):
    return site.do("reply", by="Ben", below=topic["opening"], body="I have thought about it.")


def count(page, side):
    return page.locator(f'.debate .side-counts li:has([data-side="{side}"]) b')


def composer(page):
    return page.locator("#reply form.composer")


def test_a_side_is_taken_without_a_reload_and_shows_beside_the_name_everywhere(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    here, there = tab("Ben", topic["address"]), tab("Cleo", topic["address"])
    for page in (here, there):
        page.evaluate("window.isSame = true")
        expect(row_of(page, reply).locator(".side")).to_have_count(0)
    button = here.get_by_role("button", name="Against", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    for page in (here, there):
        expect(row_of(page, reply).locator(".side")).to_have_text("against")
        expect(count(page, "against")).to_have_text("1")
    site.do("stand", by="Ben", topic=topic["id"], side="for")
    for page in (here, there):
        expect(row_of(page, reply).locator(".side")).to_have_text("for")
        expect(count(page, "against")).to_have_text("0")
        assert page.evaluate("window.isSame")


def test_each_side_that_is_pressed_is_saved_and_the_page_says_so(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    page, errors = tab("Ben", topic["address"]), []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    for side in ("For", "Undecided", "Against"):
        button = page.get_by_role("button", name=side, exact=True)
        button.click()
        expect(page.locator(".notices .notice").last).to_have_text(f"Saved. Your side: {side}.")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(count(page, side.lower())).to_have_text("1")
        expect(row_of(page, reply).locator(".side")).to_have_text(side.lower())
    assert errors == []


@pytest.mark.console_errors(r"ERR_FAILED \(/t/\d+/debate/for/\)")
def test_only_a_request_without_an_answer_is_called_a_lost_connection(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    page = tab("Ben", topic["address"])
    page.evaluate("onerror = (message) => { window.caught = message; return true; }")
    button, notice = page.get_by_role("button", name="For", exact=True), page.locator(".notices .notice").last
    page.route("**/debate/for/", lambda route: route.abort())
    button.click()
    expect(notice).to_have_text("No connection: that was not saved.")
    page.unroute("**/debate/for/")
    page.route("**/debate/for/", lambda route: route.fulfill(json={}))
    button.click()
    expect(notice).to_contain_text("Something went wrong on this page.")
    assert "TypeError" in page.evaluate("caught")


def test_who_waits_sees_it_begin_and_can_reply_at_once(tab, site, topic):
    site.do("announce", by="Mod", topic=topic["id"], starts=8, ends=3600)
    page, guest = (
        tab("Ben", topic["address"]),
        tab("Cleo", topic["address"], viewport={"width": 390, "height": 800}),
    )
    page.evaluate("window.isSame = true")
    for one in (page, guest):
        expect(one.locator(".countdown")).to_have_text(re.compile(r"^in 00:0\d$"))
        expect(composer(one)).to_be_hidden()
        expect(one.locator(".opening .acts .reply")).to_be_hidden()
    expect(composer(page)).to_be_visible(timeout=15_000)
    expect(page.locator(".until-begun").filter(visible=True)).to_have_count(0)
    expect(page.locator(".debate-when")).to_contain_text("runs until", timeout=15_000)
    expect(page.locator(".countdown")).to_have_text(re.compile(r"^59:\d\d left$"))
    composer(page).locator("textarea").fill("First!")
    composer(page).get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".comment .prose", has_text="First!")).to_be_visible()
    expect(guest.locator(".live-bar")).to_have_text("1 new")
    assert page.evaluate("window.isSame")


def test_it_ends_in_everybodys_page_and_what_was_being_written_stays(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=6)
    page, writer = tab("Cleo", topic["address"]), tab("Dora", topic["address"])
    composer(writer).locator("textarea").fill("One more thing")
    for one in (page, writer):
        expect(one.get_by_role("link", name="Summary: how opinion moved")).to_be_visible(timeout=20_000)
        expect(one.get_by_role("button", name="For", exact=True)).to_be_hidden()
    expect(composer(page)).to_have_count(0)
    expect(composer(writer).locator("textarea")).to_have_value("One more thing")
    page.get_by_role("link", name="Summary: how opinion moved").click()
    expect(page.get_by_role("heading", name="Summary of the debate")).to_be_visible()


def test_a_question_arrives_as_text_and_a_debate_that_is_called_off_is_gone(tab, site, topic):
    site.do("announce", by="Mod", topic=topic["id"], starts=600, ends=3600, question="Limes?")
    page = tab("Ben", topic["address"])
    expect(page.locator(".debate-question")).to_have_text("Limes?")
    nasty = "<img src=x onerror=\"document.title='owned'\">"
    site.do("ask", topic=topic["id"], question=nasty)
    expect(page.locator(".debate-question")).to_have_text(nasty)
    assert page.locator(".debate img").count() == 0 and page.title() != "owned"
    site.do("call_off", topic=topic["id"])
    expect(page.locator(".debate")).to_have_count(0)


def test_what_is_attached_meanwhile_comes_to_its_place_and_what_was_there_stays(tab, site, topic, reply):
    first = site.do("open_poll", by="Ada", topic=topic["id"], question="Which trees?", options=["Ash", "Oak"])
    page = tab("Ben", topic["address"], viewport={"width": 1280, "height": 500})
    page.get_by_role("radio", name="Oak").check()
    row_of(page, reply).evaluate("row => row.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = positions(page)["rows"]
    second = site.do("open_poll", by="Ada", topic=topic["id"], question="How many?", options=["One", "Two"])
    expect(page.locator(f"#poll-{second} [data-live-state]")).to_have_text("live", timeout=15_000)
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600, question="Limes?")
    expect(page.locator(".debate-question")).to_have_text("Limes?", timeout=15_000)
    assert positions(page)["rows"] == before
    assert [each.get_attribute("id") for each in page.locator(".attached section").all()] == [
        f"poll-{first}", f"poll-{second}", "debate",
    ]  # fmt: skip
    expect(page.locator(f"#poll-{first}").get_by_role("radio", name="Oak")).to_be_checked()
    page.get_by_role("button", name="For", exact=True).click()
    expect(row_of(page, reply).locator(".side")).to_have_text("for")
    page.locator(f"#poll-{second}").get_by_role("radio", name="Two").check()
    page.locator(f"#poll-{second}").get_by_role("button", name="Cast your ballot").click()
    expect(page.locator(f"#poll-{second} [data-turnout]")).to_have_text("1")


def test_with_scripts_off_buttons_are_buttons(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    page = tab("Ben", topic["address"], scripts=False)
    page.get_by_role("button", name="Undecided").click()
    expect(page.get_by_role("button", name="Undecided")).to_have_attribute("aria-pressed", "true")
    expect(row_of(page, reply).locator(".side")).to_have_text("undecided")
    page.get_by_role("button", name="For", exact=True).click()
    expect(row_of(page, reply).locator(".side")).to_have_text("for")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_panel_and_no_summary_is_wider_than_its_page(tab, site, topic, reply, width):
    question = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenpolitur? " * 2
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=4, question=question)
    site.do("stand", by="Ben", topic=topic["id"], side="for")
    page = tab("Mod", topic["address"], viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Summary: how opinion moved").click(timeout=20_000)
    expect(page.get_by_role("heading", name="How opinion moved")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_moved_somebody_is_named_by_keyboard_and_shown_live(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    for name in ("Ada", "Mod"):
        site.do("persuade", by=name, comment=reply)
    watching = tab("Ada", topic["address"], viewport={"width": 390, "height": 844})
    page = tab("Cleo", topic["address"])
    question = page.get_by_role("link", name="Which comments moved you?")
    page.get_by_role("button", name="Against", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Against", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(question).to_be_hidden()
    page.get_by_role("button", name="For", exact=True).press("Enter")
    with page.expect_response("**/vote/up/"):  # the row shows a vote before it is stored
        row_of(page, reply).get_by_role("button", name="Vote up").press("Enter")
    expect(row_of(page, reply)).to_have_class(re.compile("voted-up"))
    question.press("Enter")
    page.get_by_role("checkbox", name="Ben: I have thought about it.").press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_url("**#debate")
    for one in (page, watching):
        expect(row_of(one, reply).locator(".by-side")).to_have_text("moved 3")
    assert watching.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_moved_somebody_is_named_without_scripts(tab, site, topic, reply):
    site.do("announce", by="Mod", topic=topic["id"], starts=-60, ends=3600)
    page = tab("Cleo", topic["address"], scripts=False, viewport={"width": 390, "height": 844})
    for side in ("For", "Against"):
        page.get_by_role("button", name=side, exact=True).click()
    page.get_by_role("link", name="Which comments moved you?").click()
    page.get_by_label("Link to another comment").fill(f"/comments/{reply}/")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Which comments moved you?").click()
    expect(page.get_by_role("checkbox", name="Ben: I have thought about it.")).to_be_checked()
    page.goto(f"{topic['address']}?sort=bridging")
    page.get_by_text("How this is computed").click()
    expect(page.get_by_text("95 % Wilson interval")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_outcome_is_given_by_keyboard_shown_live_and_changed_without_scripts(tab, site, topic, reply):
    site.do("announce", by="Ada", topic=topic["id"], starts=-120, ends=-60)
    watching = tab("Ben", topic["address"], viewport={"width": 390, "height": 844})
    page = tab("Ada", topic["address"])
    page.get_by_role("link", name="Give it an outcome").press("Enter")
    page.get_by_label("What was decided").press_sequentially("We plant **limes**.")
    page.get_by_label("Their member name").press_sequentially("Ada")
    page.get_by_label("Their member name").press("Enter")
    expect(page.locator(".outcome strong", has_text="limes")).to_be_visible()
    expect(watching.locator(".debate .outcome")).to_contain_text("Carried out by Ada.")
    plain = tab("Ada", topic["address"], scripts=False, viewport={"width": 390, "height": 844})
    plain.get_by_role("link", name="Change the outcome").click()
    plain.get_by_label("What was decided").fill("We plant **oaks**.")
    plain.get_by_role("button", name="Save").click()
    plain.get_by_role("link", name="changed once").click()
    expect(plain.locator("ins")).to_have_text("oaks")
    for one in (plain, watching):
        assert one.evaluate("document.documentElement.scrollWidth") <= 390
