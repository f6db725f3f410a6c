"""Every page in a browser: no script errors, no violations of the security policy, no requests to other sites."""

from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Topic
from forums.records import writing
from forums.search import index
from polls.ballots import closing
from polls.models import Poll
from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_sees_the_index_and_nothing_comes_from_elsewhere(page, live_server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.goto("/").status == 200
    assert page.locator("main#main").count() == 1
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


@pytest.mark.console_errors(r"status of 404 .* \(/nowhere/\)")
def test_a_missing_page_is_told_with_scripts_off_too(open_page):
    for scripts in (True, False):
        page = open_page(scripts=scripts)
        assert page.goto("/nowhere/").status == 404
        assert page.locator("main h1").count() == 1


@pytest.mark.console_errors(r"status of 404 .* \(/nowhere/\)")
def test_a_member_stays_signed_in_across_pages(open_page, ada):
    page = open_page(ada)
    page.goto("/")
    page.goto("/nowhere/")
    assert page.locator("html").get_attribute("data-viewer") == "member"


@pytest.mark.console_errors("rank is not a function", "a promise was broken")
def test_script_errors_are_reported_to_the_site(page, live_server):
    page.goto("/")
    wait_for_scripts(page)
    for script, message in (
        ("setTimeout(() => { throw new TypeError('rank is not a function') })", "rank is not a function"),
        ("reportError(new Error('rank is not a function'))", "rank is not a function"),
        ("void Promise.reject(new Error('a promise was broken'))", "a promise was broken"),
    ):
        with page.expect_response("**/script-errors/") as answer:
            page.evaluate(script)
        sent = parse_qs(answer.value.request.post_data)
        assert (answer.value.status, sent["message"], sent["page"]) == (204, [message], ["/"])
        assert message in sent["stack"][0]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_search_is_filtered_with_the_form_and_narrowed_with_its_counts(open_page, ada, ben, scripts, width):
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we plant limes?", token=uuid4())
    for number in range(4):
        body = f"Limes, number {number}."
        topic.reply(author=ben, parent=topic.comments.get(seq=1), body=body, token=uuid4())
    index.run()
    page = open_page(scripts=scripts, viewport={"width": width, "height": 844})
    page.goto("/search/")
    page.get_by_text("Filters").click()
    page.get_by_label("Written by").fill("ben")
    page.get_by_label("Words").fill("lime")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("4 comments found in 1 topic")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("Limes")
    page.goto("/search/?q=lime")
    page.get_by_text("Narrow down").click()
    page.get_by_role("link", name="Ada").last.click()
    expect(page.get_by_text("1 comment found in 1 topic")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_titles_and_filters_are_suggested_while_a_query_is_typed(open_page, ada):
    town = Category.objects.create(name="Town", slug="town")
    Topic.open(author=ada, category=town, title="Limes?", body="Shall we?", token=uuid4())
    index.run()
    page = open_page()
    page.goto("/")
    wait_for_scripts(page)
    page.locator("#site-search").press_sequentially("lim")
    page.wait_for_selector("datalist option", state="attached")
    assert page.locator("datalist option").evaluate_all("all => all.map((one) => one.value)") == ["Limes?"]


def test_the_button_that_collapses_a_branch_never_has_a_line_of_its_own(open_page, ada, ben):
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we?", token=uuid4())
    topic.reply(author=ben, parent=topic.comments.get(), body="Yes.", token=uuid4())
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(topic.get_absolute_url())
    alone = page.evaluate(
        """() => {
          const meta = document.querySelector(".comment > .meta");
          const lowest = (part) => part.getBoundingClientRect().bottom;
          const isAlone = (length) => {
            meta.querySelector(".author").textContent = "n".repeat(length);
            const others = [...meta.children].filter((part) => !part.matches(".fold, .spoken"));
            return meta.querySelector(".fold").getBoundingClientRect().top >= Math.max(...others.map(lowest));
          };
          return Array.from({ length: 60 }, (_, length) => length).filter(isAlone);
        }"""
    )
    assert alone == []


def test_a_record_is_one_page_with_its_own_style_that_fits_a_phone(open_page, live_server, ada):
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we plant limes?", token=uuid4())
    rules = {"method": "stv", "seats": 2, "wordings": ["Lime", "An oak with a long name", "Ash"]}
    closing.close(Poll.open(author=ada, topic=topic, question="Which trees?", token=uuid4(), **rules))
    writing.write_due()
    page, asked = open_page(viewport={"width": 390, "height": 800}), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/records/1/")
    assert asked == [f"{live_server.url}/records/1/"]
    assert page.locator("body").evaluate("body => getComputedStyle(body).maxWidth") == "800px"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
