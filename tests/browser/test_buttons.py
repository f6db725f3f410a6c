"""Presses every button of every page that a visitor, a member and a moderator can reach by links.

A new button needs no test of its own here. A button is known by its address without numbers, or by its words, so the
same button beside another comment is not pressed again. A form is sent with any words that its fields take, so the site
may refuse it. Each press must change the page or send a request, and no message may blame the connection or the page.
"""

import re
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import TimeoutError

from forums.models import Category, Debate, Rule, Topic
from forums.moderation import reports
from polls.models import Poll
from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)

FALSE = ("No connection", "Something went wrong")
BUTTONS = """() => {
  for (const closed of document.querySelectorAll("details:not([open])")) closed.open = true;
  window.walk = new Map();
  for (const button of document.querySelectorAll("button:enabled")) {
    if (!button.checkVisibility({ visibilityProperty: true })) continue;
    const words = button.ariaLabel ?? button.textContent.trim();
    const form = button.type === "submit" && button.form;
    const address = form && (form.getAttribute("action") ?? location.pathname);
    const name = button.getAttribute("formaction") ?? (form ? `${address} ${words}` : words);
    const key = name.replace(/[0-9]+/g, "N");
    if (!walk.has(key)) walk.set(key, button);
  }
  return [...walk].map(([name, button]) => [name, button.matches(".danger, [formaction*=logout]")]);
}"""
PRESS = """(name) => {
  const button = walk.get(name);
  const day = new Date(Date.now() + 26 * 3600 * 1000).toISOString().slice(0, 10);
  const values = { date: day, "datetime-local": `${day}T12:00`, number: "2", email: "x@example.org" };
  for (const field of button.form?.elements ?? []) {
    if (!field.required || field.value && field.type !== "radio" && field.type !== "checkbox") continue;
    if (field.matches("select")) field.selectedIndex = [...field.options].findIndex((option) => option.value);
    else if (field.type === "checkbox") field.checked = true;
    else if (field.type === "radio") field.checked ||= !field.form.querySelector(`[name="${field.name}"]:checked`);
    else field.value = values[field.type] ?? "Words of a walk";
  }
  window.changes = 0;
  const count = () => (window.changes += 1);
  const everything = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(count).observe(document, everything);
  for (const kind of ["input", "focusin", "invalid", "submit"]) document.addEventListener(kind, count, true);
  button.click();
}"""
NUMBER = re.compile("[0-9]+")
TAG = re.compile("<(?:form|button)[^>]*>")
LINK = re.compile(r'href="(/[^"?#]*)')


@pytest.fixture
def town(ada, ben, cleo):
    """A topic with replies, a poll and a running debate, and a report of a reply."""
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we?\n\n`code`", token=uuid4())
    reply = topic.reply(author=ben, parent=topic.comments.get(), body="Yes.", token=uuid4())
    topic.reply(author=ada, parent=reply, body="@Ben, why?", token=uuid4())
    Poll.open(
        author=ada, topic=topic, question="Which?", wordings=["Oak", "Ash"], method="one", token=uuid4()
    )
    now = timezone.now()
    Debate.announce(topic, by=ada, starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1))
    reports.report(reply, by=cleo, rule=Rule.objects.create(position=1, title="Be kind"))
    return topic


class Walk:
    """Walks with one tab over all pages. Collects false messages, and buttons that do nothing."""

    def __init__(self, page, client, pressed):
        self.page, self.client, self.pressed = page, client, pressed
        self.sent, self.running = 0, set()
        self.names, self.parts, self.wrong = set(), set(), []
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("request", lambda request: self._begin(request))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.running.discard(request))

    def _begin(self, request):
        self.sent += 1
        self.running.add(request)

    def run(self, *addresses):
        """Open one page of each view. Buttons that may end the walk come last."""
        waiting, last = list(addresses), []
        for address in waiting:  # it grows
            answer = self.client.get(address)
            if answer.status_code == 302:
                waiting += self._new_pages(f'href="{answer.headers["Location"]}"')
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            waiting += self._new_pages(answer.text)
            # Most pages have only buttons that other pages have, too. A form without an address belongs to its page.
            parts = {
                NUMBER.sub("N", tag + address * tag.startswith("<form") * ("action=" not in tag))
                for tag in TAG.findall(answer.text)
            }
            if parts <= self.parts:
                continue
            self.parts |= parts
            last += [(address, name) for name in self._press_all(address)]
        for address, name in last:
            self.page.goto(address)
            if name in self._buttons():
                self._press(address, name)

    def _new_pages(self, text):
        for path in dict.fromkeys(LINK.findall(text)):
            with suppress(Resolver404):
                name = resolve(path).view_name
                if name not in self.names and not name.startswith("admin:"):
                    self.names.add(name)
                    yield path

    def _press_all(self, address):
        """Press the new buttons of a page. Returns the names of those that it leaves for the end."""
        self.page.goto(address)
        last = []
        while new := {name: ends for name, ends in self._buttons().items() if name not in self.pressed}:
            name = next(iter(new))
            self.pressed.add(name)
            if new[name]:
                last.append(name)
            elif not self._press(address, name):
                self.page.goto(address)
        return last

    def _buttons(self):
        wait_for_scripts(self.page)
        return dict(self.page.evaluate(BUTTONS))

    def _press(self, address, name):
        """Press a button. Returns whether the tab still shows the same page."""
        before, sent = self.page.evaluate("performance.timeOrigin"), self.sent
        self.page.evaluate(PRESS, name)
        self._settle()
        if self.sent == sent and not self._has_changed():
            self.wrong.append((address, name, "nothing happened"))
        said = self.page.locator(".notice, .errors").all_inner_texts()
        self.wrong += [(address, name, each) for each in said if each.startswith(FALSE)]
        return self.page.evaluate("performance.timeOrigin") == before

    def _has_changed(self):
        with suppress(TimeoutError):
            return self.page.wait_for_function("changes", timeout=2_000)

    def _settle(self):
        """Wait until no request is running, twice because a script reads an answer later, and the page has started."""
        quiet = 0
        for _ in range(200):
            self.page.wait_for_timeout(20)
            quiet = 0 if self.running else quiet + 1
            if quiet == 2:
                break
        wait_for_scripts(self.page)


@pytest.mark.console_errors("status of 4")  # forms are sent with any words
def test_every_button_does_something_and_no_message_is_false(
    open_page, live_server, sign_in, visitor, town, ada, mod
):
    pressed = set()  # by members: a moderator need not press the same buttons again
    for user, seen in ((None, set()), (ada, pressed), (mod, pressed)):
        page = open_page(user, permissions=["clipboard-read", "clipboard-write"])
        walk = Walk(page, sign_in(user) if user else visitor, seen)
        reply = town.comments.get(seq=2)
        walk.run(town.get_absolute_url(), "/", f"{reply.get_absolute_url()}menu/")
        assert walk.wrong == []
        assert {"/t/N/debate/for/", "/comments/N/vote/up/", "/search/ Search"} <= seen
    assert {"/comments/N/hide/", "/t/N/reply/ Reply", "/poll/N/vote/ Cast your ballot", "Bold"} <= pressed
    assert {"/comments/N/accept/", "/comments/N/watch/muted/"} <= pressed
