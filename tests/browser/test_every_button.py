"""Presses every kind of button that the pages have, for a visitor, a member and a moderator.

The pages are found by their links and the buttons in the page, so a new button needs no test of its own here.
"""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Error

from forums.models import Category, Debate, Rule, Topic
from forums.moderation import reports
from polls.models import Poll
from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 25
"""After these the walk ends. A busy machine reaches fewer pages; the first is the topic with most kinds of buttons."""
# Other files, and other ways to find the pages of one kind.
LEFT_OUT = re.compile(r"/(admin|media|static|feed|avatar)/|\.\w+$|/export/|/logout/|/ballots/")
AWAITED = {"document", "fetch", "xhr"}
# Answers to forms that are not filled in. Anything else in the console is a fault.
REFUSED = r"status of (400|403|405|409|422|429) "
FIND = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const isFor = (one) => one.checkVisibility() && !one.disabled && one.ariaDisabled !== "true";
  window.buttons = [...document.querySelectorAll("button, [role=button], input[type=submit]")].filter(isFor);
  const name = (one) => (one.ariaLabel || one.textContent).trim().replace(/\\s+/g, " ");
  const sent = (one) => one.getAttribute("formaction") ?? one.form?.getAttribute("action");
  const address = (one) => one.type === "submit" ? sent(one) : "";
  const kind = (one) => `${address(one)} ${one.className} ${name(one)}`.replace(/\\d+/g, "N");
  return { buttons: window.buttons.map(kind), links: [...document.links].map((one) => one.pathname + one.search) };
}"""
SAID = "() => [...document.querySelectorAll('.notices .notice')].map((one) => one.textContent).join(' ')"


@pytest.fixture
def town(ada, ben, cleo, mod):
    """A topic with replies, a poll, a running debate, a report and a notification."""
    category = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=category, title="Limes?", body="Shall we?", token=uuid4())
    opening = topic.comments.get()
    first = topic.reply(author=ben, parent=opening, body="Yes, @Cleo.", token=uuid4())
    topic.reply(author=cleo, parent=first, body="```\nNo.\n```", token=uuid4())
    Poll.open(
        author=ada, topic=topic, question="Which?", wordings=["Oak", "Ash"], method="one", secret=False,
        results_show="always", token=uuid4(),
    )  # fmt: skip
    now, hour = timezone.now(), timedelta(hours=1)
    Debate.announce(topic, by=mod, starts_at=now - hour, ends_at=now + hour, question="Now?")
    rule = Rule.objects.create(position=1, title="Be kind")
    reports.report(first, by=cleo, rule=rule)
    return topic


class Walk:
    """Walks from page to page. `pressed` names each button with what the page said."""

    def __init__(self, page):
        self.page, self.pressed, self.faults = page, {}, []
        self.waiting, self.errors = set(), []
        page.set_default_timeout(5_000)
        page.on("request", lambda asked: asked.resource_type in AWAITED and self.waiting.add(asked))
        for event in ("requestfinished", "requestfailed"):
            page.on(event, lambda asked: self.waiting.discard(asked))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))

    def settle(self):
        self.page.wait_for_timeout(30)  # a click on a form's button begins its request a little later
        until = time.monotonic() + 5
        while self.waiting and time.monotonic() < until:
            self.page.wait_for_timeout(10)
        self.waiting.clear()
        self.page.wait_for_load_state("load")

    def look(self, script):
        """Runs the script, again if the page has gone to another one meanwhile."""
        for _ in range(5):
            try:
                return self.page.evaluate(script)
            except Error:
                self.page.wait_for_load_state("load")
        return self.page.evaluate(script)

    def find(self, address):
        self.page.goto(address)
        if self.page.locator("html[data-viewer]").count():
            wait_for_scripts(self.page)
        return self.look(FIND)

    def press(self, address, kind):
        """Presses the first button of this kind, and notes what was wrong. Returns whether the page is still open."""
        found = self.look(FIND)["buttons"]
        if kind not in found:
            return False
        self.errors.clear()
        self.page.evaluate(f"window.isSame = true; window.buttons[{found.index(kind)}].click()")
        self.settle()
        said = self.look(SAID)
        bad = [error for error in self.errors if not re.search(REFUSED, error)]
        if bad or re.search("No connection|Something went wrong", said):
            self.faults.append((address, kind, said, bad))
        self.pressed[kind] = said
        return self.look("window.isSame === true")

    def over(self, *addresses):
        waiting, seen, until = list(addresses), set(), time.monotonic() + SECONDS
        while waiting and time.monotonic() < until:
            address = waiting.pop(0)
            if (pattern := _pattern(address)) in seen or LEFT_OUT.search(address):
                continue
            seen.add(pattern)
            found = self.find(address)
            waiting += found["links"]
            for kind in dict.fromkeys(found["buttons"]):
                if kind in self.pressed or "/logout/" in kind or time.monotonic() > until:
                    continue
                if not self.press(address, kind):
                    self.find(address)
        self.left = len({_pattern(address) for address in waiting} - seen)
        return self


def _pattern(address):
    path = re.sub(r"/(u|c|t/\d+)/[^/?]+", r"/\1/N", address.split("?")[0])
    return re.sub(r"\d+", "N", path)


@pytest.mark.console_errors(REFUSED)
@pytest.mark.parametrize(
    ("who", "must"),
    [
        (None, {"vote/up", "bookmark", "fold"}),
        (
            "ben",
            {"vote/up", "bookmark", "fold", "watch", "debate/for/", "Cast your ballot", "Preview", "Bold"},
        ),
        ("mod", {"lock/", "pin/", "Cast your ballot"}),
    ],
    ids=["visitor", "member", "moderator"],
)
def test_no_button_breaks_or_claims_a_lost_connection(request, open_page, town, who, must):
    user = request.getfixturevalue(who) if who else None
    walk = Walk(open_page(user, viewport={"width": 1280, "height": 900}))
    walk.over(town.get_absolute_url(), "/moderation/" if who == "mod" else "/")
    print(
        f"{walk.left} pages were not reached. {len(walk.pressed)} kinds of buttons:",
        *sorted(walk.pressed),
        sep="\n  ",
    )
    assert walk.faults == []
    assert {word for word in must if not any(re.search(word, kind) for kind in walk.pressed)} == set()
