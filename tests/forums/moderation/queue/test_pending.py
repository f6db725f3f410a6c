"""Pending posts in the queue, beside reported texts."""

from uuid import uuid4

import pytest

from accounts.models import Sanction, Trust
from forums.models import Action, Case, Comment, PendingPost
from forums.moderation import undoing
from forums.moderation.acts import spam
from forums.moderation.reports import report
from forums.posting import publish
from tests.cast import member
from tests.forums.moderation.queue.test_deciding import press, said

LINK = "Look at https://shop.example/lamps please"


@pytest.fixture
def nia(db):
    return member("Nia", trust=Trust.NEW)


@pytest.fixture
def waits(nia, limes, opening) -> PendingPost:
    return publish.reply(limes, author=nia, parent=opening, body=LINK, token=uuid4()).pending


@pytest.fixture
def new_topic(nia, town) -> PendingPost:
    return publish.open_topic(author=nia, category=town, title="Lamps", body=LINK, token=uuid4()).pending


@pytest.mark.parametrize("which", ["waits", "new_topic"])
@pytest.mark.parametrize("who", ["mod", "gardener"])
def test_the_queue_shows_the_text_and_offers_to_approve_or_refuse(
    request, sign_in, mod, gardener, which, who
):
    request.getfixturevalue(which)
    page = sign_in(request.getfixturevalue(who)).get("/moderation/?why=held")
    (entry,) = page.context["queue"].entries
    assert {act.name for act in entry.offered} >= {"keep", "hide"}
    for words in ("shop.example", ">Approve</button>", ">Refuse</button>", "links by new members"):
        assert words in page.text


def test_what_waits_in_a_closed_room_is_not_shown(sign_in, mod, nia, vault, stewards):
    nia.groups.add(stewards)
    publish.open_topic(author=nia, category=vault, title="Secret", body=LINK, token=uuid4())
    case = Case.objects.get()
    assert "Secret" not in sign_in(mod).get("/moderation/").text
    assert press(sign_in(mod), case, "keep").status_code == 404
    mod.groups.add(stewards)
    assert "Secret" in sign_in(mod).get("/moderation/").text


@pytest.mark.parametrize(("act", "verb"), [("keep", "held_approved"), ("hide", "held_refused")])
def test_a_press_decides(sign_in, mod, rule, waits, act, verb):
    press(sign_in(mod), Case.objects.get(), act, rule=rule.pk)
    waits.refresh_from_db()
    assert (waits.decision.verb, waits.is_approved) == (verb, act == "keep")
    assert Comment.objects.filter(body=LINK).exists() == (act == "keep")
    assert not Case.objects.pending().exists()


def test_a_refusal_without_a_ground_is_said(sign_in, mod, waits):
    answer = press(sign_in(mod), Case.objects.get(), "hide")
    assert said(answer) == ["Please name a rule or a reason. The author will read it."]
    waits.refresh_from_db()
    assert waits.is_pending


def test_many_are_approved_at_once(sign_in, mod, waits, new_topic):
    chosen = {"case": [case.pk for case in Case.objects.all()]}
    sign_in(mod).post("/moderation/chosen/keep/", chosen)
    assert Comment.objects.filter(body=LINK).count() == 2


def test_its_author_is_warned_along_with_the_refusal(sign_in, mod, rule, nia, waits):
    press(sign_in(mod), Case.objects.get(), "warn", rule=rule.pk, hide="on")
    waits.refresh_from_db()
    assert (waits.decision.verb, Sanction.objects.get().member) == ("held_refused", nia)


def test_removing_a_spammer_takes_along_what_they_have_waiting_and_undoing_it_lets_it_wait_again(
    mod, rule, nia, waits, new_topic
):
    action = spam.remove(nia, by=mod, rule=rule)
    assert not Case.objects.pending().exists()
    assert not PendingPost.objects.pending().exists()
    assert Case.objects.filter(outcome=action).count() == 2
    undoing.undo(action, by=mod)
    assert PendingPost.objects.pending().count() == 2
    assert {case.pending_post for case in Case.objects.pending()} == {waits, new_topic}
    assert Action.objects.count() == 2


def test_a_warning_that_does_not_refuse_leaves_the_text_waiting(sign_in, mod, rule, nia, waits, cleo):
    profile = report(nia, by=cleo, rule=rule).case
    browser, case = sign_in(mod), Case.objects.get(pending_post=waits)
    for _ in range(2):
        press(browser, case, "warn", rule=rule.pk)
    waits.refresh_from_db()
    assert (waits.is_pending, Sanction.objects.get().member) == (True, nia)
    assert set(Case.objects.pending()) == {case, profile}
    press(browser, case, "keep")
    assert Comment.objects.filter(body=LINK).exists()
    assert list(Case.objects.pending()) == [profile]


def test_removing_a_spammer_from_what_waits_takes_it_along(sign_in, mod, nia, waits):
    press(sign_in(mod), Case.objects.get(), "remove", reason="Spam")
    waits.refresh_from_db()
    assert (waits.decision.verb, Case.objects.get().outcome) == ("spammer_removed", waits.decision)


def test_what_answers_a_topic_that_is_gone_cannot_be_approved_any_more(sign_in, mod, waits, opening):
    opening.delete_by_author()
    answer = press(sign_in(mod), Case.objects.get(), "keep")
    assert said(answer) == ["The topic of this reply has been deleted meanwhile."]
    assert not Comment.objects.filter(body=LINK).exists()
