"""Taking part in a discussion from end to end: with scripts, without scripts, with the keyboard alone."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Bookmark, Category, Collapse, Comment, Topic, Visit, Vote
from tests.browser.topic_page import press_at_once, wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(ada):
    category = Category.objects.create(name="General", slug="general")
    return Topic.open(
        author=ada, category=category, title="Shall we plant limes?", body="Shall we?", token=uuid4()
    )


@pytest.fixture
def say(topic, ada):
    """Adds a comment: `say(body, below=None, author=ada)`."""

    def say(body, below=None, author=ada):
        return topic.reply(author=author, parent=below or topic.comments.get(seq=1), body=body, token=uuid4())

    return say


@pytest.fixture
def limes(say):
    """Adds Ada's "Yes." with "Why?" and "Because." below it, and "No." beside it. Returns "Yes."."""
    yes = say("Yes.")
    say("Because.", say("Why?", yes))
    say("No.")
    return yes


def of(page, comment):
    return page.locator(f"#comment-{comment.pk}")


def press(row, name):
    row.locator("> .acts, > .meta").get_by_role("button", name=name).click()


def visit(page, topic):
    page.goto(topic.get_absolute_url())
    page.locator(".composer [role=toolbar]").wait_for()
    wait_for_scripts(page)


def test_a_member_replies_twice_votes_saves_and_folds_and_a_reload_shows_it_all(open_page, ben, topic, limes):
    page = open_page(ben)
    visit(page, topic)
    for words in ("A first answer", "A second one"):
        of(page, limes).locator("> .acts .reply").click()
        page.locator(".comment > .composer textarea").fill(words)
        page.locator(".comment > .composer").get_by_role("button", name="Reply").click()
        expect(of(page, limes).locator("> .thread > .is-mine > .prose", has_text=words)).to_be_visible()
        expect(page.locator(".comment > .composer")).to_have_count(0)
    for words in ("To all of you", "And once more"):
        page.locator(".reply-end textarea").fill(words)
        page.locator(".reply-end").get_by_role("button", name="Reply").click()
        expect(page.locator(".discussion > .thread > .is-mine > .prose", has_text=words)).to_be_visible()
        expect(page.locator(".reply-end textarea")).to_have_value("")
    press(of(page, limes), "Vote up")
    expect(of(page, limes).locator("> .acts .up")).to_have_attribute("aria-pressed", "true")
    expect(of(page, limes).locator("> .acts .score")).to_have_text("1")
    press(of(page, limes), "Save")
    with page.expect_response("**/fold/"):
        press(of(page, limes), "Branch of")
    page.reload()
    assert list(Comment.objects.filter(author=ben).order_by("seq").values_list("body", flat=True)) == [
        "A first answer",
        "A second one",
        "To all of you",
        "And once more",
    ]
    assert Vote.objects.get().value == 1
    assert (Bookmark.objects.get().comment, Collapse.objects.get().comment) == (limes, limes)
    expect(of(page, limes)).to_have_class(re.compile("voted-up is-bookmarked is-collapsed"))
    expect(of(page, limes).locator("> .prose")).to_be_hidden()
    with page.expect_response("**/unfold/"):
        press(of(page, limes), "Branch of")
    with page.expect_response("**/none/"):
        press(of(page, limes), "Vote up")
    assert (Vote.objects.count(), Collapse.objects.count()) == (0, 0)


def test_a_composer_that_is_closed_keeps_what_was_written(open_page, ben, topic, limes):
    page = open_page(ben)
    visit(page, topic)
    of(page, limes).locator("> .acts .reply").click()
    page.locator(".comment > .composer textarea").fill("On second thoughts")
    page.keyboard.press("Escape")
    expect(page.locator(".comment > .composer")).to_have_count(0)
    expect(of(page, limes).locator("> .acts .reply")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".comment > .composer textarea")).to_have_value("On second thoughts")
    page.locator(".comment > .composer").get_by_role("button", name="Close").click()
    expect(page.locator(".comment > .composer")).to_have_count(0)


def test_whoever_presses_reply_twice_has_said_it_once(open_page, ben, topic):
    page = open_page(ben)
    for send in (
        lambda: page.locator(".reply-end").get_by_role("button", name="Reply").dblclick(),
        lambda: [page.locator(".reply-end textarea").press("Control+Enter") for _ in range(3)],
    ):
        visit(page, topic)
        page.locator(".reply-end textarea").fill("Once")
        before = Comment.objects.count()
        send()
        expect(page.locator(".reply-end textarea")).to_have_value("")
        expect(page.locator(".comment")).to_have_count(before)
        assert Comment.objects.count() == before + 1


@pytest.mark.parametrize("is_below", [False, True], ids=["topic", "comment"])
def test_what_is_typed_while_a_reply_is_sent_is_the_next_reply(open_page, ben, topic, limes, is_below):
    page = open_page(ben)
    visit(page, topic)
    if is_below:
        of(page, limes).locator("> .acts .reply").click()
    form = page.locator(".comment > .composer" if is_below else ".reply-end .composer")
    waiting = []
    page.route(f"**/t/{topic.pk}/reply/", lambda route: waiting.append(route), times=1)
    form.locator("textarea").fill("First this")
    form.locator("textarea").press("Control+Enter")
    form.locator("textarea").press_sequentially(", then that")
    waiting[0].continue_()
    expect(page.locator(".comment.is-mine > .prose")).to_have_text("First this")
    expect(form.locator("textarea")).to_have_value(", then that")
    expect(form.locator("textarea")).to_be_focused()
    expect(form.locator(".draft-state")).to_have_text("Draft saved")
    form.locator("textarea").press("Control+Enter")
    expect(page.locator(".comment.is-mine > .prose")).to_have_text(["First this", ", then that"])
    said = Comment.objects.filter(author=ben).order_by("seq").values_list("body", "parent__seq")
    assert list(said) == [(words, limes.seq if is_below else 1) for words in ("First this", ", then that")]


@pytest.mark.console_errors(r"status of 403 .* \(/(drafts/save|t/\d+/reply)/\)")
def test_a_reply_outlives_a_sign_in_and_a_sign_out_in_another_tab(open_page, ben, topic):
    page = open_page(ben)
    visit(page, topic)
    session = next(one for one in page.context.cookies() if one["name"].startswith("sessionid"))
    page.context.clear_cookies(name="csrftoken")
    page.context.new_page().goto("/search/")  # sets a new CSRF token, as signing in does
    page.locator(".reply-end textarea").fill("Written under the old token")
    page.locator(".reply-end").get_by_role("button", name="Reply").click()
    expect(page.locator(".comment > .prose", has_text="Written under the old token")).to_be_visible()

    page.context.clear_cookies(name=session["name"])
    page.locator(".reply-end textarea").fill("Written while signed out")
    page.locator(".reply-end").get_by_role("button", name="Reply").click()
    expect(page.locator(".notices")).to_contain_text("signed out")
    expect(page.locator(".reply-end textarea")).to_have_value("Written while signed out")
    page.context.add_cookies([session])
    page.locator(".reply-end").get_by_role("button", name="Reply").click()
    expect(page.locator(".comment > .prose", has_text="Written while signed out")).to_be_visible()
    assert Comment.objects.filter(author=ben).count() == 2


@pytest.mark.console_errors(r"status of 403 .* \(/(drafts/save|t/\d+/reply)/\)")
def test_nobodys_words_are_sent_under_another_name(open_page, ben, cleo, topic, sign_in):
    page = open_page(ben)
    visit(page, topic)
    key = sign_in(cleo).cookies["sessionid"].value
    session = next(one for one in page.context.cookies() if one["name"].startswith("sessionid"))
    page.context.clear_cookies(name="csrftoken")
    page.context.add_cookies([session | {"value": key}])
    page.context.new_page().goto("/search/")
    page.locator(".reply-end textarea").fill("These are Ben's words")
    page.locator(".reply-end").get_by_role("button", name="Reply").click()
    expect(page.locator(".notices")).to_contain_text("Someone else has signed in")
    expect(page.locator(".reply-end textarea")).to_have_value("These are Ben's words")
    assert Comment.objects.count() == 1


def test_a_visitor_reads_and_folds_without_scripts(open_page, topic, limes):
    page = open_page(scripts=False)
    page.goto(topic.get_absolute_url())
    expect(of(page, limes).get_by_text("Because.")).to_be_visible()
    press(of(page, limes), "Branch of")
    expect(of(page, limes).get_by_text("Because.")).to_be_hidden()
    expect(page.get_by_text("No.", exact=True)).to_be_visible()
    press(of(page, limes), "Branch of")
    expect(of(page, limes).get_by_text("Because.")).to_be_visible()
    press(of(page, limes), "Vote up")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_visitors_folds_are_kept_by_the_browser(open_page, topic, limes):
    page = open_page()
    page.goto(topic.get_absolute_url())
    wait_for_scripts(page)
    press(of(page, limes), "Branch of")
    page.goto(topic.get_absolute_url())
    expect(of(page, limes).get_by_text("Because.")).to_be_hidden()
    expect(of(page, limes).locator("> .meta .fold")).to_have_attribute("aria-expanded", "false")


def test_a_member_takes_part_without_scripts(open_page, ben, topic, limes):
    page = open_page(ben, scripts=False)
    page.goto(topic.get_absolute_url())
    press(of(page, limes), "Vote up")
    expect(of(page, limes)).to_have_class(re.compile("voted-up"))
    press(of(page, limes), "Save")
    expect(of(page, limes)).to_have_class(re.compile("is-bookmarked"))
    press(of(page, limes), "Branch of")
    expect(of(page, limes)).to_have_class(re.compile("is-collapsed"))
    press(of(page, limes), "Branch of")
    of(page, limes).locator("> .acts .reply").click()
    page.get_by_label("Your reply").fill("Without **scripts**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".prose strong")).to_have_text("scripts")
    page.get_by_role("button", name="Post it").click()
    mine = Comment.objects.get(author=ben)
    assert (mine.parent, mine.body) == (limes, "Without **scripts**")
    of(page, mine).locator("> .acts > .menu").click()
    page.locator("main").get_by_role("link", name="Edit").click()
    page.get_by_label("Text").fill("Changed")
    page.get_by_role("button", name="Save").click()
    expect(of(page, mine).locator("> .prose")).to_have_text("Changed")
    of(page, mine).locator("> .acts > .menu").click()
    page.locator("main").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("h1")).to_have_text("Shall we plant limes?")
    expect(of(page, mine)).to_have_count(0)


def test_keys_lead_through_what_is_new_even_beyond_the_page(open_page, ben, topic, limes, say):
    for number in range(20):
        say(f"Filling the page, {number}")
    Visit.objects.begin(ben, Topic.objects.get(pk=topic.pk))
    near, far = say("New below the first", limes), say("New and far away")
    page = open_page(ben)
    page.goto(f"{topic.get_absolute_url()}?sort=old")
    wait_for_scripts(page)
    expect(page.locator(".new-bar strong")).to_have_text("2 new")
    keys = page.keyboard
    keys.press("j")
    expect(of(page, limes)).to_be_focused()
    keys.press("n")
    expect(of(page, near)).to_be_focused()
    keys.press("k")
    expect(page.get_by_text("Because.").locator("xpath=ancestor::li[1]")).to_be_focused()
    keys.press("n")
    keys.press("u")
    expect(of(page, near)).to_have_class(re.compile("voted-up"))
    press_at_once(page, "?u")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(of(page, near)).to_have_class(re.compile("voted-up"))
    keys.press("n")
    expect(of(page, far)).to_be_in_viewport()


def test_single_letter_keys_can_be_switched_off_and_on(open_page, ada, topic, limes):
    page = open_page(ada)
    for is_on in (False, True):
        page.goto(topic.get_absolute_url())
        wait_for_scripts(page)
        page.get_by_role("button", name="Keyboard shortcuts").click()
        page.get_by_label("Use these keys in this browser").set_checked(is_on)
        page.get_by_role("button", name="Close").click()
        page.reload()
        wait_for_scripts(page)
        page.keyboard.press("j")
        page.keyboard.press("u")  # does nothing on her own comment, whose buttons for votes are hidden
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible(visible=is_on)
        assert page.locator(".is-current").count() == is_on


def test_the_tab_key_alone_reaches_what_one_can_do(open_page, ben, topic, limes):
    page = open_page(ben)
    visit(page, topic)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    menu = of(page, limes).locator("> .acts > .menu")
    for _ in range(60):
        page.keyboard.press("Tab")
        if menu.evaluate("e => e === document.activeElement"):
            break
    expect(menu).to_be_focused()
    assert menu.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(of(page, limes).get_by_role("link", name="Link to this text")).to_be_visible()
    page.keyboard.press("Escape")
    expect(of(page, limes).get_by_role("link", name="Link to this text")).to_be_hidden()
    expect(menu).to_be_focused()


def test_more_replies_open_in_place(open_page, topic, say):
    for number in range(25):
        say(f"Reply {number}")
    page = open_page()
    page.goto(f"{topic.get_absolute_url()}?sort=old")
    wait_for_scripts(page)
    expect(page.locator(".comment")).to_have_count(20)
    page.get_by_role("link", name="More replies").click()
    expect(page.locator(".comment")).to_have_count(25)
    expect(page.get_by_text("Reply 20", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="More replies")).to_have_count(0)
