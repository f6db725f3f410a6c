"""A raid of new accounts is removed, and restored, with one act."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Sanction, Trust, User
from forums.models import Action, Case, Comment, Topic
from forums.moderation.acts import members
from forums.moderation.queue import raids
from forums.tree import recount
from tests.cast import member
from tests.concurrency import run_concurrently

PAGE = "/moderation/raid/"


@pytest.fixture
def raiders(ada, limes, opening, say, open_topic):
    """Creates six new accounts with two comments each in Ada's topic. One of them also opens a topic."""
    User.objects.filter(pk=ada.pk).update(date_joined=timezone.now() - timedelta(days=20))
    crowd = [member(f"Raider{number}") for number in range(6)]
    for each in crowd:
        say(say(opening, "Buy lamps!", author=each), "Lamps!", author=each)
    open_topic("Lamps for all", author=crowd[0], body="Cheap lamps!")
    return crowd


def form(browser, **more):
    """The fields of the page's form, with the button that removes all accounts which are not ticked."""
    page = browser.get(PAGE)
    fields = {name: page.context["form"].data[name] for name in ("minutes", "days", "until")}
    return fields | {"others": "yes"} | more


def names(browser, query=""):
    return {suspect.username for suspect, _ in browser.get(PAGE + query).context["suspects"]}


def test_the_crowd_is_found_by_when_it_came_and_wrote(sign_in, mod, raiders, ada, ben, say, opening):
    say(opening, "I joined today, too.", author=ben)
    User.objects.filter(pk=ben.pk).update(trust=Trust.REGULAR)
    browser, crowd = sign_in(mod), {each.username for each in raiders}
    assert names(browser) == crowd
    assert names(browser, "?days=30") == crowd | {"Ada"}
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=40))
    assert names(browser, "?minutes=30") == set()
    assert names(browser, "?minutes=60") == crowd


def test_whoever_moderates_anything_is_not_among_them(sign_in, mod, raiders, gardener, town, say, opening):
    say(opening, "I do the garden.", author=gardener)
    User.objects.filter(pk=gardener.pk).update(trust=Trust.NEW)
    browser, crowd = sign_in(mod), {each.username for each in raiders}
    assert names(browser) == crowd
    town.moderator_groups = []
    town.save()
    assert names(browser) == crowd | {"Gardener"}


def test_one_press_removes_them_and_another_brings_them_back(
    sign_in, mod, raiders, ben, say, opening, limes, rule
):
    say(opening, "A calm remark.", author=ben)
    browser = sign_in(mod)
    sent = form(browser, ticked=[ben.pk, raiders[5].pk], rule=rule.pk)
    assert browser.post(f"{PAGE}remove/", sent).status_code == 303
    removed = set(User.objects.exclude(suspended_at=None))
    assert removed == set(raiders[:5])
    assert not Comment.objects.filter(author__in=removed, hidden_at=None).exists()
    assert Comment.objects.filter(author=raiders[5], hidden_at=None).count() == 2
    assert Topic.objects.get(title="Lamps for all").is_hidden
    assert Topic.objects.get(pk=limes.pk).comment_count == 3
    assert recount.differences() == []
    acts = Action.objects.filter(verb="spammer_removed")
    assert {(act.member, act.by, act.rule) for act in acts} == {(each, mod, rule) for each in removed}
    assert {comment.hidden_in.member_id for comment in Comment.objects.exclude(hidden_in=None)} == {
        each.pk for each in removed
    }

    (raid,) = browser.get(PAGE).context["recent"]
    assert raid["count"] == 5
    assert browser.post(f"{PAGE}{raid['facts__raid']}/restore/").status_code == 303
    assert not User.objects.exclude(suspended_at=None).exists()
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert not Topic.objects.exclude(hidden_at=None).exists()
    assert Topic.objects.get(pk=limes.pk).comment_count == 13
    assert recount.differences() == []
    assert browser.get(PAGE).context["recent"] == []
    assert browser.post(f"{PAGE}{raid['facts__raid']}/restore/").status_code == 404


def test_nobody_is_removed_without_being_chosen(sign_in, mod, raiders):
    browser = sign_in(mod)
    assert " checked" not in browser.get(PAGE).text
    sent = form(browser)
    del sent["others"]
    assert "Nothing was removed" in browser.post(f"{PAGE}remove/", sent, follow=True).text
    assert not User.objects.exclude(suspended_at=None).exists()
    browser.post(f"{PAGE}remove/", sent | {"ticked": [raiders[1].pk, raiders[2].pk]})
    assert set(User.objects.exclude(suspended_at=None)) == set(raiders[1:3])


def test_what_was_broken_off_is_taken_up_by_pressing_again(sign_in, mod, raiders, limes):
    browser = sign_in(mod)
    browser.post(f"{PAGE}remove/", form(browser))
    # As if the process had been killed after suspending all, before it reached Ada's topic.
    Comment.objects.filter(topic=limes, author__in=raiders).update(
        hidden_at=None, hidden_in=None, removed_in=None
    )
    assert names(browser) == {each.username for each in raiders}
    browser.post(f"{PAGE}remove/", form(browser))
    assert not Comment.objects.filter(author__in=raiders, hidden_at=None).exists()
    assert (names(browser), Action.objects.count()) == (set(), 6)
    (raid,) = browser.get(PAGE).context["recent"]
    browser.post(f"{PAGE}{raid['facts__raid']}/restore/")
    # The same while restoring.
    half = Comment.objects.filter(topic=limes, author=raiders[1])
    half.update(
        hidden_at=timezone.now(), hidden_in=Action.objects.get(verb="spammer_removed", member=raiders[1])
    )
    (raid,) = browser.get(PAGE).context["recent"]
    assert browser.post(f"{PAGE}{raid['facts__raid']}/restore/").status_code == 303
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert browser.post(f"{PAGE}{raid['facts__raid']}/restore/").status_code == 404


def test_words_of_closed_rooms_are_not_shown(sign_in, mod, stewards, vault, raiders, open_topic):
    raiders[0].groups.add(stewards)
    open_topic("Whom to trust", author=raiders[0], category=vault, body="The key is under the mat.")
    page = sign_in(mod).get(PAGE).text
    assert ("Lamps!" in page, "under the mat" in page) == (True, False)
    mod.groups.add(stewards)
    assert "under the mat" in sign_in(mod).get(PAGE).text


def test_each_can_be_brought_back_alone(sign_in, mod, raiders, rule):
    browser = sign_in(mod)
    browser.post(f"{PAGE}remove/", form(browser, rule=rule.pk))
    action = Action.objects.get(verb="spammer_removed", member=raiders[2])
    assert browser.post(f"/modlog/{action.pk}/undo/", {"reason": "A mistake"}).status_code == 303
    assert Comment.objects.filter(author=raiders[2], hidden_at=None).count() == 2
    assert not Comment.objects.filter(author=raiders[1], hidden_at=None).exists()
    assert recount.differences() == []


def test_what_was_reported_of_them_is_decided(sign_in, mod, raiders, reported, opening, ben):
    cases = [reported(raider.comments.first()) for raider in raiders]
    kept = reported(ben)
    browser = sign_in(mod)
    browser.post(f"{PAGE}remove/", form(browser))
    assert [Case.objects.get(pk=case.pk).is_open for case in (*cases, kept)] == [False] * 6 + [True]


def test_who_came_after_the_page_was_made_was_not_on_it(sign_in, mod, raiders, opening, say):
    browser = sign_in(mod)
    sent, late = form(browser), member("Latecomer")
    say(opening, "Hello, I am new.", author=late)
    browser.post(f"{PAGE}remove/", sent)
    assert not User.objects.get(pk=late.pk).is_suspended
    assert User.objects.get(pk=raiders[0].pk).is_suspended


@pytest.mark.parametrize("who", ["ben", "gardener", "ada"])
def test_only_moderators_of_the_site_do_this(request, sign_in, mod, raiders, who):
    sent = form(sign_in(mod))
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}remove/", sent).status_code == 403
    assert browser.post(f"{PAGE}abc/restore/").status_code == 403
    assert not User.objects.exclude(suspended_at=None).exists()


@pytest.mark.parametrize(
    "wrong", [{"minutes": "7"}, {"days": "x"}, {"until": "yesterday"}, {"rule": "99"}, {"until": ""}]
)
def test_a_form_that_makes_no_sense_removes_nobody(sign_in, mod, raiders, wrong):
    browser = sign_in(mod)
    assert browser.post(f"{PAGE}remove/", form(browser) | wrong).status_code == 303
    assert not User.objects.exclude(suspended_at=None).exists()
    assert browser.get(PAGE + "?minutes=7").status_code == 400


def test_many_cost_no_more_statements_than_one(mod, raiders, reported):
    people = User.objects.with_rights().order_by("-pk")
    mod = people.get(pk=mod.pk)
    crowd = list(people.filter(pk__in=[each.pk for each in raiders[1:]]))
    for raider in crowd:
        reported(raider.comments.first())

    def cost(work):
        with CaptureQueriesContext(connection) as queries:
            acts = work()
        return len(queries), acts

    one, first = cost(lambda: raids.spam.remove_all(crowd[:1], by=mod))
    four, others = cost(lambda: raids.spam.remove_all(crowd[1:], by=mod))
    assert (one, [act.member for act in others]) == (four, crowd[1:])
    four, restored = cost(lambda: raids.spam.restore_all(others, by=mod))
    one, _ = cost(lambda: raids.spam.restore_all(first, by=mod))
    assert (one, [act.undoes for act in restored]) == (four, others)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one(mod, raiders, limes):
    for press in (raids.spam.remove_all, raids.spam.restore_all):
        whom = raiders if press is raids.spam.remove_all else list(Action.objects.filter(undoing=None))
        first, second = run_concurrently(*[partial(press, whom, by=mod)] * 2)
        assert first == second
        assert len(first) == len(set(first)) == 6
    assert Action.objects.count() == 12
    assert Sanction.objects.exclude(lifted_at=None).count() == Sanction.objects.count() == 6
    assert (Topic.objects.get(pk=limes.pk).comment_count, recount.differences()) == (12, [])


@pytest.mark.django_db(transaction=True)
def test_who_is_let_in_while_all_are_brought_back_waits_for_nobody_that_waits_for_them(mod, raiders):
    removals = raids.spam.remove_all(raiders, by=mod)
    lifts = [partial(members.lift, sanction, by=mod) for sanction in Sanction.objects.order_by("-pk")]
    answers = run_concurrently(partial(raids.spam.restore_all, removals, by=mod), *lifts)
    assert [each for each in answers if isinstance(each, str)] == []
    assert not User.objects.exclude(suspended_at=None).exists()
    assert not Comment.objects.exclude(hidden_at=None).exists()
