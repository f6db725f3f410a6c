"""Writing a comment: toolbar, preview, mentions, quotes, spoilers and drafts."""

import re
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Comment, Draft, Picture, Topic
from forums.pictures import storing
from tests.browser.topic_page import wait_for_scripts
from tests.forums.pictures.files import animated, picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(ada):
    category = Category.objects.create(name="General", slug="general")
    return Topic.open(
        author=ada, category=category, title="A topic", body="First words. ||The butler.||", token=None
    )


@pytest.fixture
def writing(open_page, ben, topic):
    """Ben's tab, which shows the topic."""
    page = open_page(ben, viewport={"width": 1280, "height": 900})
    page.goto(topic.get_absolute_url())
    page.locator(".composer [role=toolbar]").wait_for()
    wait_for_scripts(page)
    return page


def text_of(page):
    return page.locator(".composer textarea").input_value()


def test_tools_and_keys_mark_what_is_selected_and_can_be_undone(writing):
    area = writing.locator(".composer textarea")
    area.fill("word")
    area.press("Control+a")
    area.press("Control+b")
    assert text_of(writing) == "**word**"
    area.press("Control+b")
    assert text_of(writing) == "word"
    area.press("Control+z")
    assert text_of(writing) == "**word**"
    area.press("Control+a")
    writing.get_by_role("button", name="Quote", exact=True).click()
    assert text_of(writing) == "> **word**"


def test_a_key_ends_what_it_began(writing):
    area = writing.locator(".composer textarea")
    for key, mark in (("b", "**"), ("i", "*")):
        area.fill("")
        area.press(f"Control+{key}")
        area.press_sequentially("marked")
        area.press(f"Control+{key}")
        area.press_sequentially(" plain")
        assert text_of(writing) == f"{mark}marked{mark} plain"


def test_italics_within_bold_begin_there(writing):
    area = writing.locator(".composer textarea")
    area.press("Control+b")
    area.press_sequentially("bold ")
    area.press("Control+i")
    area.press_sequentially("both")
    assert text_of(writing) == "**bold *both***"


def test_enter_continues_a_list_and_twice_ends_it(writing):
    area = writing.locator(".composer textarea")
    for typed, text in (
        ("- a\nb\n\nc", "- a\n- b\nc"),
        ("  9. a\nb", "  9. a\n  10. b"),
        ("* [x] a\nb", "* [x] a\n* [ ] b"),
        ("> a\nb\n\nc", "> a\n> b\nc"),
        ("-a\nb", "-a\nb"),
        ("**a**\nb", "**a**\nb"),
        ("```\n- a\nb", "```\n- a\nb"),
    ):
        area.fill("")
        area.press_sequentially(typed)
        assert text_of(writing) == text


def test_the_toolbar_is_one_stop_of_the_tab_key(writing):
    writing.get_by_role("button", name="Bold").focus()
    writing.keyboard.press("ArrowRight")
    assert writing.evaluate("document.activeElement.ariaLabel") == "Italic"
    writing.keyboard.press("End")
    assert writing.evaluate("document.activeElement.ariaLabel") == "Spoiler"
    assert writing.locator("[role=toolbar] [tabindex='0']").count() == 1


def test_the_preview_shows_what_will_be_and_leads_back(writing):
    writing.locator(".composer textarea").fill("**Bold** words")
    writing.get_by_role("tab", name="Preview").click()
    assert writing.locator(".composer .preview strong").inner_text() == "Bold"
    writing.get_by_role("tab", name="Write").click()
    assert text_of(writing) == "**Bold** words"


def test_a_name_is_completed_from_its_first_letters(writing):
    area = writing.locator(".composer textarea")
    area.press_sequentially("Hello @ad")
    writing.get_by_role("option", name="Ada").wait_for()
    assert area.get_attribute("aria-activedescendant")
    area.press("Enter")
    assert text_of(writing) == "Hello @Ada "
    assert writing.locator(".completions").is_hidden()


def test_selected_words_become_a_quote_that_names_their_author(writing, topic):
    writing.locator(".opening .prose p").evaluate(
        "p => getSelection().setBaseAndExtent(p.firstChild, 0, p.firstChild, 12)"
    )
    writing.locator(".quote-button").click()
    expect(writing.locator(".composer textarea")).not_to_have_value("")
    opening = Comment.objects.get(topic=topic)
    assert text_of(writing) == f"> @Ada [wrote](/comments/{opening.pk}/):\n>\n> First words.\n\n"


def test_a_spoiler_opens_with_a_key_and_stays_open(writing):
    spoiler = writing.locator(".opening span.spoiler")
    hidden = "rgba(0, 0, 0, 0)"
    colour = "e => getComputedStyle(e).color"
    assert spoiler.evaluate(colour) == hidden
    spoiler.focus()
    writing.keyboard.press("Enter")
    writing.locator(".composer textarea").focus()
    assert spoiler.evaluate(colour) != hidden


def test_a_spoiler_can_be_read_without_scripts(open_page, topic):
    page = open_page(scripts=False)
    page.goto(topic.get_absolute_url())
    spoiler = page.locator("span.spoiler")
    assert spoiler.evaluate("e => getComputedStyle(e).color") == "rgba(0, 0, 0, 0)"
    spoiler.focus()
    assert spoiler.evaluate("e => getComputedStyle(e).color") != "rgba(0, 0, 0, 0)"


def test_a_draft_is_kept_on_the_server_and_found_again(writing, ben, topic):
    writing.locator(".composer textarea").fill("Half a thought")
    writing.get_by_text("Draft saved").wait_for()
    assert Draft.objects.get(member=ben, topic=topic).body == "Half a thought"
    writing.reload()
    assert text_of(writing) == "Half a thought"


@pytest.mark.console_errors(r"ERR_FAILED \(/drafts/save/\)")
def test_a_draft_outlives_a_lost_connection_and_a_reload(writing, ben):
    writing.context.route("**/drafts/save/", lambda route: route.abort())
    writing.locator(".composer textarea").fill("Written in a tunnel")
    writing.get_by_text("kept in this browser").wait_for()
    assert not Draft.objects.filter(member=ben).exists()
    writing.reload()
    writing.get_by_text("Restored from this browser").wait_for()
    assert text_of(writing) == "Written in a tunnel"


@pytest.mark.console_errors(r"ERR_FAILED \(/drafts/save/\)")
def test_a_posted_text_does_not_come_back_as_a_draft(writing, ben, topic):
    writing.context.route("**/drafts/save/", lambda route: route.abort())
    area = writing.locator(".composer textarea")
    area.fill("Said once")
    area.press("Control+Enter")
    writing.locator(".comment .prose", has_text="Said once").wait_for()
    writing.context.unroute("**/drafts/save/")
    writing.goto(topic.get_absolute_url())
    assert writing.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft'))") == []
    assert text_of(writing) == ""
    assert Comment.objects.filter(topic=topic, author=ben).count() == 1
    assert not Draft.objects.filter(member=ben).exists()


@pytest.mark.parametrize("kind", ["replies", "topics"])
def test_two_tabs_have_two_drafts(kind, writing, ben, topic):
    """The second tab finds the draft of the first, which is still open, and begins another one."""
    address = topic.get_absolute_url() if kind == "replies" else "/new/"
    first, second = writing, writing.context.new_page()
    for tab, text in ((first, "One thing"), (second, "Another")):
        tab.goto(address)
        if tab is second:
            tab.get_by_text("open in another tab").wait_for()
        expect(tab.locator(".composer textarea")).to_have_value("")
        tab.locator(".composer textarea").fill(text)
        if kind == "topics":
            tab.get_by_label("Title").fill(text)
            tab.get_by_label("Category").select_option("General")
        tab.get_by_text("Draft saved").wait_for()
    assert sorted(ben.drafts.values_list("body", flat=True)) == ["Another", "One thing"]
    second.locator(".composer button.button").first.click()
    second.locator(".prose", has_text="Another").wait_for()
    assert list(ben.drafts.values_list("body", flat=True)) == ["One thing"]
    first.reload()
    expect(first.locator(".composer textarea")).to_have_value("One thing")
    first.locator(".composer button.button").first.click()
    first.locator(".prose", has_text="One thing").wait_for()
    assert Comment.objects.filter(body__in=["One thing", "Another"]).count() == 2
    assert not ben.drafts.exists()


def test_a_copy_of_a_page_whose_text_was_sent_keeps_what_is_written_there(writing, ben, topic, opening_draft):
    """On a device without a lock between its tabs, both have the same form."""
    other = writing.context.new_page()
    other.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    other.goto(topic.get_absolute_url())
    expect(other.locator(".composer textarea")).to_have_value("Begun")
    topic.reply(author=ben, parent=topic.comments.get(seq=1), body="Begun", token=opening_draft)
    other.locator(".composer textarea").fill("And more")
    other.get_by_text("Draft saved").wait_for()
    assert [draft.body for draft in ben.drafts.all()] == ["And more"]


@pytest.fixture
def opening_draft(ben, topic):
    token = uuid4()
    Draft.objects.keep(ben, token=token, parent=topic.comments.get(seq=1), body="Begun")
    return token


@pytest.mark.console_errors(r"ERR_FAILED \(/drafts/save/\)")
def test_texts_of_two_closed_tabs_that_were_never_saved_are_both_found(writing, ben, topic):
    context = writing.context
    context.route("**/drafts/save/", lambda route: route.abort())
    for tab, text in ((writing, "One thing"), (context.new_page(), "Another")):
        tab.goto(topic.get_absolute_url())
        wait_for_scripts(tab)
        tab.locator(".composer textarea").fill(text)
        tab.get_by_text("kept in this browser").wait_for()
    for tab in context.pages[1:]:
        tab.close()
    context.unroute("**/drafts/save/")
    writing.goto("/drafts/")
    writing.goto(topic.get_absolute_url())
    deadline = time.monotonic() + 20
    while writing.evaluate("Object.keys(localStorage).some(key => key.startsWith('draft'))"):
        assert time.monotonic() < deadline
    assert set(ben.drafts.values_list("body", flat=True)) == {"One thing", "Another"}


QUOTED = [
    "Some **bold and *both***, `code_1`, [a link](https://example.org/) and ||the butler||.",
    "- one\n- two\n  1. inner",
    "```python\nif a:\n    b = 1\n```",
    "> said before",
    "1 \\* 2",
]


def test_a_quote_keeps_the_markdown_of_the_selection(writing, topic):
    """Quotes comments that hold one kind of text each, and one that holds all of them."""
    bodies = [*QUOTED, "\n\n".join(QUOTED)]
    opening = topic.comments.get(seq=1)
    comments = [topic.reply(author=topic.author, parent=opening, body=body, token=uuid4()) for body in bodies]
    writing.reload()
    wait_for_scripts(writing)
    area = writing.locator("#reply textarea")
    for comment, body in zip(comments, bodies, strict=True):
        area.fill("First.")  # the quote joins a text that is being written
        area.blur()  # as a press of the mouse on the prose does
        prose = writing.locator(f"#comment-{comment.pk} > .prose")
        prose.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        prose.evaluate("e => getSelection().selectAllChildren(e)")
        writing.locator(".quote-button").click()
        lines = "\n".join(f"> {line}".rstrip() for line in body.split("\n"))
        expect(area).to_have_value(f"First.\n\n> @Ada [wrote](/comments/{comment.pk}/):\n>\n{lines}\n\n")


@pytest.mark.console_errors("ERR_INTERNET_DISCONNECTED", r"status of 400 .*/edit/")
def test_a_comment_is_edited_in_its_place_and_no_text_is_lost_on_the_way(writing, topic, ben):
    comment = topic.reply(author=ben, parent=topic.comments.get(), body="Before.", token=uuid4())
    writing.reload()
    wait_for_scripts(writing)
    address, row = writing.url, writing.locator(f"#comment-{comment.pk}")

    def begin():
        row.locator("> .acts > .menu").click()
        row.get_by_role("link", name="Edit", exact=True).click()
        expect(row.locator("textarea")).to_be_focused()

    begin()
    expect(row.locator("> .prose")).to_be_hidden()
    row.locator("textarea").fill("Half a thought")
    row.locator("textarea").press("Escape")
    expect(row).to_be_focused()
    expect(row.locator("> .prose")).to_have_text("Before.")
    begin()
    expect(row.locator("textarea")).to_have_value("Half a thought")
    expect(row.locator(".draft-state")).to_have_text("Restored from this browser")
    writing.context.set_offline(True)
    row.get_by_role("button", name="Save", exact=True).last.click()
    expect(row.get_by_role("alert")).to_contain_text("No connection: your change is not saved yet.")
    writing.context.set_offline(False)
    row.locator("textarea").fill("\u202e")
    row.locator("textarea").press("Control+Enter")
    expect(row.get_by_role("alert")).to_contain_text("Write something first: this contains no text")
    row.locator("textarea").fill("After, **bold**.")
    row.locator("textarea").press("Control+Enter")
    expect(row.locator("> .prose strong")).to_have_text("bold")
    expect(row.locator("> .meta a", has_text="edited")).to_have_attribute(
        "href", f"/comments/{comment.pk}/history/"
    )
    expect(row.locator("textarea")).to_have_count(0)
    assert writing.url == address
    begin()
    expect(row.locator("textarea")).to_have_value("After, **bold**.")  # the sent draft is gone


def test_editing_the_opening_in_its_place_changes_the_title(open_page, ada, topic):
    page = open_page(ada)
    page.goto(topic.get_absolute_url())
    wait_for_scripts(page)
    page.locator(".opening > .acts > .menu").click()
    page.locator(".opening").get_by_role("link", name="Edit", exact=True).click()
    page.locator(".opening [name=title]").fill("Another title")
    page.locator(".opening textarea").press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Another title")
    expect(page.locator(".opening textarea")).to_have_count(0)


LIME = picture((900, 600), (90, 150, 40))


@contextmanager
def waiting_upload(page, chooser):
    """Chooses a picture whose upload does not end before it is cancelled. Gives the button for this."""
    page.route("**/pictures/", lambda route: None)
    # Without the route, a request that the browser has not given up yet would reach the server.
    with page.expect_event("requestfailed"):
        chooser.set_input_files({"name": "slow.png", "mimeType": "image/png", "buffer": LIME})
        yield page.get_by_role("button", name="Cancel")
    page.unroute("**/pictures/")


def test_a_picture_is_chosen_pasted_or_dropped_and_described(writing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    area = writing.locator(".composer textarea")
    area.fill("Look: ")
    writing.locator(".picture-field summary").click()
    chooser = writing.locator(".picture-field input[type=file]")
    files = [{"name": f"{name}.png", "mimeType": "image/png", "buffer": LIME} for name in ("lime", "leaf")]
    chooser.set_input_files(files)
    expect(writing.get_by_label("Describe leaf.png")).to_be_visible()
    description = writing.get_by_label("Describe lime.png")
    expect(description).to_be_focused()
    description.fill("A [lime]")
    lime, leaf = (each.get_absolute_url() for each in Picture.objects.order_by("pk"))
    assert text_of(writing) == f"Look: ![A \\[lime\\]]({lime})\n![]({leaf})\n"
    for kind, number in (("paste", 3), ("drop", 4)):
        area.evaluate(
            """(area, [kind, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(bytes)], `${kind}.png`, { type: "image/png" }));
                const given = { clipboardData: data, dataTransfer: data, cancelable: true };
                area.dispatchEvent(new (kind === "paste" ? ClipboardEvent : DragEvent)(kind, given));
            }""",
            [kind, list(LIME)],
        )
        expect(writing.get_by_label(f"Describe {kind}.png")).to_be_focused()
        assert Picture.objects.count() == number
    with waiting_upload(writing, chooser) as cancel:
        writing.get_by_role(
            "button", name="Reply", exact=True
        ).click()  # is refused until the picture is there
        assert chooser.evaluate("field => field.validity.customError")
        cancel.click()
        expect(writing.get_by_text("slow.png")).to_have_count(0)
    writing.get_by_role("button", name="Reply", exact=True).click()
    shown = writing.locator(".comment .prose img")
    expect(shown).to_have_count(4)
    expect(writing.get_by_label("Describe")).to_have_count(0)
    assert storing.process_uploads() == 4
    writing.reload()
    expect(shown.first).to_have_js_property("complete", True)
    assert shown.first.evaluate("image => [image.naturalWidth > 0, image.width <= 700, image.alt]") == [
        True, True, "A [lime]",
    ]  # fmt: skip


@pytest.mark.console_errors(r"status of 403")
def test_a_picture_that_is_refused_says_why(writing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    writing.locator(".picture-field summary").click()
    file = {"name": "lime.png", "mimeType": "image/png", "buffer": b"no picture"}
    writing.locator(".picture-field input[type=file]").set_input_files(file)
    expect(writing.locator(".picture-field .errors")).to_have_text(
        "lime.png was not uploaded. We cannot read that picture. Please choose a PNG, JPEG, WebP, GIF or AVIF file."
    )


def test_without_scripts_the_file_is_sent_with_the_text(open_page, ben, topic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = open_page(ben, scripts=False, viewport={"width": 390, "height": 800})
    page.goto(f"/t/{topic.pk}/reply/")
    page.locator("textarea").fill("Look:")
    page.locator(".picture-field summary").click()
    content = animated("GIF", size=(300, 200))
    page.get_by_label("Picture").set_input_files(
        {"name": "a.gif", "mimeType": "image/gif", "buffer": content}
    )
    page.get_by_label("Description for people").fill("A lime")
    page.get_by_role("button", name="Reply", exact=True).click()
    shown = page.get_by_role("img", name="A lime")
    expect(shown).to_have_count(1)
    assert storing.process_uploads() == 1
    page.reload()
    for is_playing, file in ((False, "/300/"), (True, "/moving/"), (False, "/300/")):
        page.get_by_label("Play this animation").set_checked(is_playing)
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("src", re.compile(f"{file}$"))
        expect(shown).to_have_js_property("complete", True)
