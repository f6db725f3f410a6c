"""The moderation queue: with the keyboard alone, on a phone, and without scripts."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from accounts.models import Sanction, User
from forums.models import Case, Category, Comment, Rule, Topic
from forums.moderation import reports
from tests.browser.topic_page import press_at_once, wait_for_scripts
from tests.cast import member

pytestmark = pytest.mark.django_db(transaction=True)

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
TEXTS = ("Buy lamps!", "You nincompoop.", "A calm remark.", "Lamps, lamps!")


@pytest.fixture
def rule(db):
    Rule.objects.create(position=1, title="Kindness", text="Be kind.")
    return Rule.objects.create(position=2, title="No advertising", text="Sell elsewhere.")


@pytest.fixture
def cases(ada, cleo, rule):
    """Creates four comments, each by another author, reported one after the other under the second rule."""
    category = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=category, title="The market", body="Where?", token=uuid4())
    opening = topic.comments.get()

    def case(number, text):
        author = member(f"Author{number}")
        comment = topic.reply(author=author, parent=opening, body=text, token=uuid4())
        return reports.report(comment, by=cleo, rule=rule, words=f"Report {number}").case

    return [case(number, text) for number, text in enumerate(TEXTS)]


@pytest.fixture
def at(open_page, mod, cases):
    """Opens the queue on Mod's screen, ready for keys: `at(WIDE)`."""

    def at(screen, **options):
        page = open_page(mod, viewport=screen, **options)
        page.goto("/moderation/")
        if options.get("scripts", True):
            wait_for_scripts(page)
        return page

    return at


def current(page):
    return page.locator(".case.is-current")


def shows(page, text):
    expect(current(page).locator(".said")).to_have_text(text)


def told(page, sentence):
    expect(page.locator(".messages")).to_contain_text(sentence)


def outcome(case) -> str | None:
    case.refresh_from_db()
    return case.outcome and case.outcome.verb


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_four_cases_are_decided_without_a_mouse(at, cases, screen):
    page = at(screen)
    shows(page, "Buy lamps!")
    page.keyboard.press("j")
    shows(page, "You nincompoop.")
    page.keyboard.press("j")
    page.keyboard.press("a")
    told(page, "Kept.")
    shows(page, "Buy lamps!")
    page.keyboard.press("h")
    told(page, "Comment hidden.")
    shows(page, "You nincompoop.")
    page.keyboard.press("r")
    page.keyboard.type("Third time this week, k?")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    told(page, "Member warned.")
    shows(page, "Lamps, lamps!")
    page.keyboard.press("x")
    expect(page.locator(".notices")).to_contain_text("Press x once more")
    assert outcome(cases[3]) is None
    page.keyboard.press("x")
    told(page, "Spammer removed.")
    expect(page.get_by_role("heading", name="Nothing to decide")).to_be_visible()
    verbs = [outcome(case) for case in cases]
    assert verbs == ["comment_hidden", "comment_hidden", "item_kept", "spammer_removed"]
    assert [case.outcome.rule.title for case in (cases[0], cases[3])] == ["No advertising"] * 2
    warning = Sanction.objects.get(kind="warning")
    assert (warning.reason, warning.member) == ("Third time this week, k?", cases[1].concerned)
    assert User.objects.get(username="Author3").is_suspended
    assert [comment.is_hidden for comment in Comment.objects.filter(seq__gt=1).order_by("seq")] == [
        True,
        True,
        False,
        True,
    ]


def test_one_claims_and_gives_back_and_the_other_sees_it(at, open_page, ada, cases):
    page = at(WIDE)
    page.keyboard.press("c")
    expect(current(page).locator(".case-head")).to_contain_text("yours")
    ada.is_superuser = True
    ada.save()
    other = open_page(ada, viewport=WIDE)
    other.goto("/moderation/")
    wait_for_scripts(other)
    expect(current(other).locator(".case-head")).to_contain_text("Mod is looking at it")
    other.keyboard.press("h")
    told(other, "Mod is looking at this just now.")
    page.keyboard.press("c")
    expect(current(page).locator(".case-head")).not_to_contain_text("yours")
    other.keyboard.press("h")
    told(other, "Comment hidden.")
    assert outcome(cases[0]) == "comment_hidden"


def test_several_are_chosen_by_key_and_hidden_at_once(at, cases):
    page = at(WIDE)
    expect(page.locator(".chosen")).to_be_hidden()
    for _ in range(2):
        page.keyboard.press("m")
        page.keyboard.press("j")
    expect(page.locator(".chosen")).to_be_visible()
    page.get_by_role("button", name="Hide all").focus()
    page.keyboard.press("Enter")
    told(page, "Hide: 2 of 2 chosen.")
    assert [outcome(case) for case in cases] == ["comment_hidden", "comment_hidden", None, None]


def test_keys_are_explained_and_silent_where_somebody_writes(at, cases):
    page = at(WIDE)
    press_at_once(page, "?h")
    expect(page.locator("#queue-keys")).to_be_visible()
    expect(page.locator("#queue-keys")).to_contain_text("remove spammer (press twice)")
    page.keyboard.press("h")
    page.keyboard.press("Escape")
    expect(page.locator("#queue-keys")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("ahx")
    expect(page.locator("#site-search")).to_have_value("ahx")
    assert [outcome(case) for case in cases] == [None] * 4


def test_a_grave_key_between_others_does_not_count_as_the_first_press(at, cases):
    page = at(WIDE)
    for key in "xjkx":
        page.keyboard.press(key)
    expect(page.locator(".notices .notice")).to_have_count(2)
    assert outcome(cases[0]) is None


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_all_of_it_works_with_scripts_off(at, cases, screen):
    page = at(screen, scripts=False)
    first = page.locator(".case").first
    first.locator("[name=reason]").fill("Calm down")
    first.locator("[name=silence]").select_option("a week")
    first.get_by_role("button", name="Silence").click()
    told(page, "Member silenced.")
    page.locator(".case-head input").first.check()
    page.get_by_role("button", name="Keep all").click()
    told(page, "Keep: 1 of 1 chosen.")
    assert [outcome(case) for case in cases] == ["comment_hidden", "item_kept", None, None]
    assert Sanction.objects.get().reason == "Calm down"


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_stands_beside_the_screen(at, screen):
    page = at(screen)
    page.keyboard.press("m")
    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]
    assert Case.objects.pending().count() == 4
