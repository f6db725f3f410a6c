"""Every page in a browser: no script errors, no violations of the security policy, no requests to other sites."""

from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from forums.models import Category, Topic
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
