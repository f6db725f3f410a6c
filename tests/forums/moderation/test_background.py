"""Acts on many comments run as a task. Its moderator follows it on a page, and nothing is done twice or by halves."""

import pytest

from accounts.models import User
from forums.models import Action, BackgroundAct, Case, Comment, Topic
from forums.models.moderation.action import NotDone
from forums.models.moderation.background_act import STOPPED
from forums.moderation import appeals, background, long_acts
from forums.moderation.acts import branches, merging, topics
from forums.moderation.background import NOT_ADMITTED
from forums.moderation.queue import raids
from forums.moderation.reports import report
from tests.cast import member, moderator
from tests.forums.moderation.consistency import assert_consistent


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    monkeypatch.setattr(background, "AT_ONCE", 2)


@pytest.fixture
def oaks(open_topic, say, cleo):
    """A topic with three comments, which is long here."""
    topic = open_topic("Oaks", author=cleo, body="Oaks?")
    say(say(topic.comments.get(), "Oaks!"), "Acorns", author=cleo)
    return again(topic)


@pytest.fixture
def branch(opening, say):
    top = say(opening, "top")
    say(say(top, "middle"), "leaf")
    return loaded(top)


def again(topic):
    return Topic.objects.select_related("category__parent", "author").get(pk=topic.pk)


def loaded(comment):
    return Comment.objects.with_context().get(pk=comment.pk)


def rights(user):
    return User.objects.for_request().get(pk=user.pk)


def merge(browser, topic, into):
    return browser.post(f"/t/{topic.pk}/merge/", {"into": into.pk, "reason": "The same"})


def texts(topic):
    return list(topic.comments.order_by("seq").values_list("body", flat=True))


def test_a_long_merge_runs_as_a_task_and_shows_its_progress(oaks, limes, mod, sign_in, queued):
    browser = sign_in(mod)
    answer = merge(browser, oaks, limes)
    asked = BackgroundAct.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, asked.get_absolute_url())
    assert ("forums.tasks.run_background_acts", None) in queued()
    assert (asked.kind, asked.by, asked.total, Action.objects.count()) == ("merge", mod, 3, 0)
    page = browser.get(asked.get_absolute_url())
    assert "This will begin in a few seconds." in page.text
    assert page["Refresh"] == "2"
    background.run_pending()
    action = Action.objects.get()
    assert (action.verb, action.by, action.reason, action.topic) == ("topics_merged", mod, "The same", limes)
    assert texts(limes) == ["What do you think?", "", "Oaks?", "Oaks!", "Acorns"]
    page = browser.get(asked.get_absolute_url())
    assert "Topics merged." in page.text
    assert f'href="{action.get_absolute_url()}"' in page.text
    assert "Refresh" not in page.headers
    asked.refresh_from_db()
    assert (asked.done, asked.is_pending) == (3, False)
    assert_consistent()


def test_a_short_one_is_done_at_once(oaks, limes, mod, sign_in, monkeypatch):
    monkeypatch.setattr(background, "AT_ONCE", 3)
    assert merge(sign_in(mod), oaks, limes)["Location"] == limes.get_absolute_url()
    assert (BackgroundAct.objects.count(), Action.objects.count()) == (0, 1)


def test_a_double_click_does_it_once(oaks, limes, mod, sign_in):
    browser = sign_in(mod)
    assert merge(browser, oaks, limes)["Location"] == merge(browser, oaks, limes)["Location"]
    background.run_pending()
    background.run_pending()
    assert (BackgroundAct.objects.count(), Action.objects.count()) == (1, 1)


def test_meanwhile_the_topics_refuse_changes_at_once_and_accept_them_afterwards(
    oaks, limes, opening, mod, ada, ben, rule, sign_in
):
    merge(sign_in(mod), oaks, limes)
    browser, own = sign_in(ben), sign_in(ada)
    said = {"body": "Me too", "parent": opening.pk, "token": "a1b2c3d4-0000-4000-8000-000000000000"}
    answer = browser.post(f"/t/{limes.pk}/reply/", said)
    assert (answer.status_code, "Please try again in a minute." in answer.text) == (403, True)
    assert "Me too" in answer.text  # the text stays in the form
    assert "Please try again in a minute." in browser.post(f"/comments/{opening.pk}/vote/up/").text
    assert "Please try again in a minute." in own.get(f"/comments/{opening.pk}/edit/").text
    assert "Please try again in a minute." in own.get(f"/comments/{opening.pk}/delete/").text
    assert "You can reply again in a minute." in browser.get(limes.get_absolute_url()).text
    with pytest.raises(NotDone, match="Please try again in a minute"):
        report(loaded(opening), by=ben, rule=rule)
    second = sign_in(moderator("Second"))
    for act in ("restore", "hide"):  # one can run as a task, the other cannot
        answer = second.post(f"/comments/{opening.pk}/{act}/", {"reason": "Rude"})
        assert "Please try again in a minute." in answer.text
    case = Case.objects.create(comment=opening, why=Case.Why.REPORTED)
    answer = second.post(f"/moderation/{case.pk}/hide/", {"reason": "Rude"}, follow=True)
    assert "Please try again in a minute." in answer.text
    background.run_pending()
    assert browser.post(f"/t/{limes.pk}/reply/", said).status_code == 303
    assert not Topic.objects.exclude(moving_since=None).exists()


def test_branches_are_hidden_restored_split_and_undone_by_tasks(branch, limes, mod, sign_in):
    browser, path = sign_in(mod), f"/comments/{branch.pk}"
    browser.post(f"{path}/branch/hide/", {"reason": "Off topic"})
    background.run_pending()
    assert Comment.objects.exclude(hidden_at=None).count() == 3
    browser.post(f"{path}/restore/")
    background.run_pending()
    assert not Comment.objects.exclude(hidden_at=None).exists()
    browser.post(f"{path}/branch/split/", {"title": "A new one"})
    background.run_pending()
    new = Topic.objects.get(title="A new one")
    assert texts(new) == ["top", "middle", "leaf"]
    browser.post(f"/modlog/{Action.objects.first().pk}/undo/")
    background.run_pending()
    expected = ["branch_hidden", "branch_restored", "branch_split", "branch_rejoined"]
    assert [action.verb for action in Action.objects.order_by("pk")] == expected
    assert BackgroundAct.objects.exclude(finished_at=None).count() == 4
    assert texts(limes) == ["What do you think?", "top", "middle", "leaf"]
    assert_consistent()


def test_rights_are_checked_again_when_it_runs(oaks, limes, mod, sign_in):
    browser = sign_in(mod)
    merge(browser, oaks, limes)
    mod.groups.clear()
    background.run_pending()
    asked = BackgroundAct.objects.get()
    assert "Only moderators do this." in browser.get(asked.get_absolute_url()).text
    merge(sign_in(second := moderator("Second")), oaks, limes)
    User.objects.filter(pk=second.pk).update(is_active=False)
    background.run_pending()
    assert BackgroundAct.objects.latest("pk").words == NOT_ADMITTED
    assert texts(oaks) == ["Oaks?", "Oaks!", "Acorns"]
    assert not Topic.objects.exclude(moving_since=None).exists()


def test_rights_in_both_topics_are_checked_when_it_is_asked_for(oaks, open_topic, vault, gardener, mod):
    hidden_from_them = again(open_topic("Far away", category=vault))
    with pytest.raises(background.PermissionDenied):
        long_acts.MERGE(oaks, by=rights(gardener), into=hidden_from_them)
    assert not BackgroundAct.objects.exists()
    long_acts.MERGE(oaks, by=rights(member("Chief", is_superuser=True)), into=hidden_from_them)
    assert BackgroundAct.objects.count() == 1


def test_a_refusal_of_the_act_is_shown_as_a_sentence(oaks, limes, mod, sign_in):
    topics.hide(limes, by=rights(mod))
    browser = sign_in(mod)
    merge(browser, oaks, limes)
    background.run_pending()
    page = browser.get(BackgroundAct.objects.get().get_absolute_url())
    assert "Restore the topic first." in page.text
    assert texts(oaks) == ["Oaks?", "Oaks!", "Acorns"]


@pytest.fixture
def breaking(monkeypatch):
    """A kind of act that merges two topics and then breaks, as often as `breaking` says."""
    times = []

    def act(topic, **said):
        merging.merge(topic, **said)
        if times and times.pop():
            raise ValueError("broken")
        return Action.objects.first()

    kind = long_acts.replace(long_acts.MERGE, name="breaking", act=act)
    monkeypatch.setitem(background.KINDS, kind.name, kind)
    return lambda topic, into, by, often: (times.extend([True] * often), kind(topic, by=by, into=into))[1]


def test_an_act_that_breaks_halfway_changes_nothing_and_is_repeated(oaks, limes, mod, breaking):
    asked = breaking(oaks, again(limes), rights(mod), often=1)
    background.run_pending()
    assert (texts(oaks), Action.objects.count()) == (["Oaks?", "Oaks!", "Acorns"], 0)
    background.run_pending()
    asked.refresh_from_db()
    assert (asked.failures, asked.words, Action.objects.count()) == (1, "Topics merged.", 1)
    assert_consistent()


def test_an_act_that_breaks_each_time_is_given_up(oaks, limes, mod, breaking):
    asked = breaking(oaks, again(limes), rights(mod), often=9)
    for _ in range(4):
        background.run_pending()
    asked.refresh_from_db()
    assert (asked.failures, asked.words, Action.objects.count()) == (3, STOPPED, 0)
    assert not Topic.objects.exclude(moving_since=None).exists()


def test_a_raid_is_suspended_at_once_and_hidden_and_restored_by_tasks(limes, opening, say, mod):
    spammer, other = member("Spammer"), member("Other")
    for body in ("One", "Two"):
        say(opening, body, author=spammer)
    say(opening, "Three", author=other)
    asked = long_acts.REMOVE_ALL([spammer, other], by=rights(mod), reason="Spam", facts={"raid": "abc"})
    assert not User.objects.admitted().filter(pk__in=[spammer.pk, other.pk]).exists()
    assert Action.objects.filter(verb="spammer_removed").count() == 2
    assert not Comment.objects.exclude(hidden_at=None).exists()
    background.run_pending()
    asked.refresh_from_db()
    assert asked.words == "Removed 2 accounts and everything that was posted from there."
    assert (asked.done, Comment.objects.exclude(hidden_at=None).count()) == (3, 3)
    assert Action.objects.filter(verb="spammer_removed").count() == 2
    raids.restore("abc", by=rights(mod))
    background.run_pending()
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert User.objects.admitted().filter(pk__in=[spammer.pk, other.pk]).count() == 2
    assert_consistent()


def test_decisions_in_the_queue_and_appeals_lead_to_the_progress(branch, regulars, rule, mod, ben, sign_in):
    browser = sign_in(mod)
    case = Case.objects.create(comment=branch, why=Case.Why.REPORTED)
    answer = browser.post(f"/moderation/{case.pk}/branch/", {"reason": "Off topic"})
    asked = BackgroundAct.objects.get()
    assert answer["Location"] == asked.get_absolute_url()
    background.run_pending()
    action = Action.objects.get()
    case.refresh_from_db()
    assert (action.verb, case.outcome) == ("branch_hidden", action)
    appeal = appeals.appeal(action, by=ben, words="Why?")
    answer = sign_in(moderator("Second")).post(f"/appeals/{appeal.pk}/grant/", {"reason": "Right"})
    assert answer["Location"] == BackgroundAct.objects.latest("pk").get_absolute_url()
    background.run_pending()
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert BackgroundAct.objects.exclude(finished_at=None).count() == 2


def test_nobody_else_sees_the_page(oaks, limes, mod, ada, sign_in):
    merge(sign_in(mod), oaks, limes)
    address = BackgroundAct.objects.get().get_absolute_url()
    assert sign_in(mod).get(address).status_code == 200
    assert sign_in(moderator("Second")).get(address).status_code == 404
    assert sign_in(ada).get(address).status_code == 404


def test_what_was_deleted_meanwhile_is_a_failure(branch, mod):
    action = branches.hide(branch, by=rights(mod))
    asked = long_acts.undo(Action.objects.with_context().get(pk=action.pk), by=rights(mod))
    BackgroundAct.objects.update(arguments={"item": {"model": "forums.Action", "id": 0}, "reason": ""})
    background.run_pending()
    asked.refresh_from_db()
    assert asked.words == background.GONE
