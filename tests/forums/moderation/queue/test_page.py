"""The pages of the queue, and their cost."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.caching.evictable import cache
from forums.models import Case
from forums.moderation import appeals, reports
from forums.moderation.acts import comments, members, topics
from forums.moderation.queue import pages
from tests.cast import member

QUEUE = "/moderation/"


def shown(browser, query="") -> list[int]:
    return [entry.case.pk for entry in browser.get(QUEUE + query).context["queue"].entries]


def test_a_case_is_shown_with_its_reports_its_branch_and_its_author(
    sign_in, mod, reported, rude, say, ada, ben, chief, rule
):
    say(rude, "Well, well.")
    reported(rude, words="Insulting.")
    reported(rude, by=ada, words="Again!")
    members.warn(ben, by=chief, rule=rule, reason="The third time")
    page = sign_in(mod).get(QUEUE)
    (entry,) = page.context["queue"].entries
    assert [report.words for report in entry.reports] == ["Again!", "Insulting."]
    assert (entry.above.author, [reply.body for reply in entry.below]) == (ada, ["Well, well."])
    assert (entry.history.member, entry.history.comments, entry.history.acts_count) == (ben, 2, 1)
    assert entry.rule == rule
    for words in (
        "You nincompoop",
        "Well, well.",
        "Insulting.",
        "Again!",
        "What do you think?",
        "Member warned",
    ):
        assert words in page.text


def test_notes_are_for_moderators_of_the_site_and_closed_rooms_for_those_who_see_them(
    sign_in, mod, gardener, chief, case, ben, open_topic, vault, stewards, rule
):
    ben.groups.add(stewards)
    secret = open_topic("Whom to trust", author=ben, category=vault)
    topics.hide(secret, by=chief, reason="He told where the key is")
    members.warn(ben, by=chief, reason="Mind your tone")
    ben.notes.create(by=chief, text="Keep an eye on him.")
    words = ("where the key is", "Mind your tone", "Keep an eye on him.")
    for user, told in ((gardener, {words[1]}), (mod, {words[1], words[2]}), (chief, set(words))):
        page = sign_in(user).get(QUEUE).text
        assert {each for each in words if each in page} == told


def test_a_topic_is_shown_with_its_opening_and_a_member_with_what_they_say_of_themselves(
    sign_in, mod, reported, limes, ben
):
    ben.bio = "I sell lamps."
    ben.save()
    reported(limes)
    reported(ben)
    page = sign_in(mod).get(QUEUE).text
    assert ("What do you think?" in page, "I sell lamps." in page) == (True, True)


def test_only_moderators_come_in(sign_in, visitor, ben, mod, gardener, case):
    assert visitor.get(QUEUE).url.startswith("/accounts/login/")
    assert sign_in(ben).get(QUEUE).status_code == 403
    assert [sign_in(user).get(QUEUE).status_code for user in (mod, gardener)] == [200, 200]


def test_everybody_sees_what_is_theirs_to_decide(
    sign_in, mod, gardener, chief, case, reported, open_topic, vault, stewards, cleo, ada, ben, say
):
    cleo.groups.add(stewards)
    secret = open_topic("Whom to trust", author=cleo, category=vault)
    hidden_away = reported(secret.comments.get(), by=chief)
    about_ben = reported(ben, by=ada)
    assert shown(sign_in(gardener)) == [case.pk]
    assert shown(sign_in(mod)) == [case.pk, about_ben.pk]
    assert shown(sign_in(chief)) == [case.pk, hidden_away.pk, about_ben.pk]
    for user in (mod, gardener):
        page = sign_in(user).get(QUEUE).text
        assert ("Whom to trust" in page, "Vault" in page) == (False, False)


def test_ones_own_is_left_to_others(sign_in, mod, gardener, reported, opening, say):
    own = reported(say(opening, "My opinion.", author=mod))
    assert shown(sign_in(mod)) == []
    assert shown(sign_in(gardener)) == [own.pk]


@pytest.fixture
def many(reported, opening, say, rule, chief):
    """Creates reported comments: `many(7)`. Each has its own author, two reports and a reply."""

    def many(count):
        for number in range(count):
            author, one, other = (
                member(f"{kind}{number}-{uuid4().hex[:6]}") for kind in ("Author", "One", "Other")
            )
            comment = say(opening, f"Comment {number}", author=author)
            say(comment, "A reply.", author=one)
            reported(comment, by=one)
            reported(comment, by=other)
            members.warn(author, by=chief, rule=rule, reason="Before")

    return many


def test_the_page_costs_the_same_for_three_cases_and_for_three_hundred(sign_in, mod, many, monkeypatch):
    browser = sign_in(mod)
    many(3)
    browser.get(QUEUE)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(QUEUE).status_code == 200
        return len(queries)

    few = cost()
    many(pages.SIZE + 5)
    assert cost() == few <= 20


def test_pages_go_on_where_the_last_one_ended(sign_in, mod, many, monkeypatch):
    monkeypatch.setattr(pages, "SIZE", 3)
    many(7)
    browser, found, query = sign_in(mod), [], ""
    while True:
        queue = browser.get(QUEUE + query).context["queue"]
        found += [entry.case.pk for entry in queue.entries]
        query = queue.pages.older
        if not query:
            break
    assert found == list(Case.objects.order_by("opened_at", "pk").values_list("pk", flat=True))


def test_a_case_shows_its_newest_reports_and_leads_to_all(
    sign_in, mod, reported, rude, regulars, ada, settings
):
    settings.REPORTS_TO_HIDE = 99  # hidden comments take no more reports
    case = None
    for user in (*regulars, ada):
        case = reported(rude, by=user, words=f"Says {user}")
    page = sign_in(mod).get(QUEUE)
    (entry,) = page.context["queue"].entries
    assert (len(entry.reports), entry.more_reports, "Says Regular0" in page.text) == (
        pages.REPORTS_SHOWN,
        1,
        False,
    )
    alone = sign_in(mod).get(f"{QUEUE}?case={case.pk}")
    assert "Says Regular0" in alone.text


def test_kinds_have_their_tabs(sign_in, mod, case, opening, say):
    held = say(opening, "Buy lamps!")
    comments.hold(held)
    browser = sign_in(mod)
    assert len(shown(browser)) == 2
    assert shown(browser, "?why=reported") == [case.pk]
    assert shown(browser, "?why=held") == [held.cases.get().pk]
    assert "Buy lamps!" in browser.get(QUEUE + "?why=held").text


def test_appeals_wait_for_another_moderator_than_the_one_who_acted(sign_in, mod, chief, ben, rude, rule):
    action = comments.hide(rude, by=mod, rule=rule)
    appeals.appeal(action, by=ben, words="It was a joke among friends.")
    assert "a joke among friends" not in sign_in(mod).get(QUEUE).text
    page = sign_in(chief).get(QUEUE)
    assert [appeal.action for appeal in page.context["queue"].appeals] == [action]
    assert "a joke among friends" in page.text
    assert "a joke among friends" not in sign_in(chief).get(QUEUE + "?why=held").text


def test_the_page_of_a_case_that_has_been_decided_does_not_say_that_nothing_waits(
    sign_in, mod, reported, opening, say
):
    first, other = (reported(say(opening, words)) for words in ("Buy lamps!", "Lamps, lamps!"))
    browser = sign_in(mod)
    assert "Buy lamps!" in browser.get(f"{QUEUE}?case={first.pk}").text
    reports.keep(first, by=mod)
    page = browser.get(f"{QUEUE}?case={first.pk}").text
    assert "This case is closed" in page
    assert "Nothing to decide" not in page
    assert shown(browser) == [other.pk]


@pytest.mark.parametrize("query", ["?why=nonsense", "?case=999999", "?case=x", "?case=" + "9" * 40])
def test_what_is_not_there_is_an_empty_page_or_the_whole_one(sign_in, mod, case, query):
    assert sign_in(mod).get(QUEUE + query).status_code == 200


def test_an_address_that_cannot_be_is_refused(sign_in, mod, case):
    assert sign_in(mod).get(QUEUE + "?before=yesterday_1").status_code == 400


def test_who_left_leaves_a_case_that_can_be_shown(sign_in, mod, case, rude):
    type(rude).objects.filter(pk=rude.pk).update(author=None)
    page = sign_in(mod).get(QUEUE)
    assert (page.status_code, "The author of this has left the site." in page.text) == (200, True)


def test_the_second_factor_is_asked_for_where_the_site_does(sign_in, mod, ben, case, settings):
    settings.STAFF_MFA_REQUIRED = True
    assert sign_in(mod).get(QUEUE).url == "/accounts/2fa/"
    assert sign_in(ben).get("/").status_code == 200
    sign_in(mod).post(f"/moderation/{case.pk}/keep/")
    assert Case.objects.get(pk=case.pk).is_open


def test_the_header_shows_how_many_cases_wait_to_those_who_moderate(sign_in, mod, gardener, ben, case, limes):
    shown = '<span class="spoken">Cases to decide</span><span class="count">1</span>'
    pages = [sign_in(user).get(limes.get_absolute_url()).text for user in (mod, gardener, ben)]
    headers = [page.split('class="site-tools"')[1].split("<details")[0] for page in pages]
    assert [shown in header for header in headers] == [True, True, False]
    assert "/moderation/" not in pages[2]


def test_members_pay_nothing_for_the_count_and_moderators_once_in_a_while(
    sign_in, mod, ben, case, limes, django_assert_num_queries
):
    for user, more in ((ben, 0), (mod, 1)):
        browser = sign_in(user)
        browser.get(limes.get_absolute_url())
        with CaptureQueriesContext(connection) as warm:
            browser.get(limes.get_absolute_url())
        cache.delete(f"cases:{user.pk}")
        with django_assert_num_queries(len(warm) + more):
            browser.get(limes.get_absolute_url())
