"""Outcomes of polls: who gives and changes them, where they are shown, and who is notified."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.profiles import deletion
from forums.access.refusal import Refused
from forums.models import Action, Category, Notification, Outcome, OutcomeChange, Topic, Watch
from forums.notifications import dispatch
from forums.search import index
from forums.tasks import remind_of_reviews
from polls.ballots import closing
from polls.models import Ballot, Poll
from tests.cast import member

TODAY = timezone.now().date()


@pytest.fixture
def closed(open_poll, ben):
    """A closed poll of Ada, in which Ben voted."""
    poll = open_poll()
    Ballot.objects.create(
        poll=poll, member=ben, marks=[poll.option_ids[0]], token=uuid4(), cast_at=timezone.now()
    )
    return Poll.objects.for_page().get(pk=closing.close(poll).pk)


def decide(poll, by, decision="We plant limes.", version=0, **said):
    return Outcome.objects.decide(poll, by=by, version=version, decision=decision, **said)


def told():
    dispatch.dispatch_events()
    notes = Notification.objects.filter(words__contains="Decided: ") | Notification.objects.filter(
        kind="reminded"
    )
    return [(note.member.username, note.kind, note.words) for note in notes.order_by("pk")]


# --- The verbs ----------------------------------------------------------------------------------------


def test_the_log_has_each_version_and_the_same_values_change_nothing(closed, ada, ben):
    decide(closed, ada, carrier=ben)
    assert decide(closed, ada, carrier=ben) is None  # the form was sent twice
    outcome = decide(closed, ada, "We plant *oaks*.", version=1)
    assert (outcome.about, outcome.address) == ("Which?", f"/poll/{closed.pk}/")
    assert outcome.decision_html == "<p>We plant <em>oaks</em>.</p>"
    assert list(outcome.changes.values_list("by", "event", "decision", "carrier")) == [
        (ada.pk, "given", "We plant limes.", ben.pk),
        (ada.pk, "changed", "We plant *oaks*.", None),
    ]
    assert Poll.objects.get(pk=closed.pk).outcome == outcome


def test_the_log_is_never_rewritten(closed, ada):
    outcome = decide(closed, ada)
    for rewrite in (lambda: outcome.changes.update(decision="Oaks."), outcome.changes.all().delete):
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            rewrite()
    assert OutcomeChange.objects.get().decision == "We plant limes."


def test_a_deleted_topic_gets_none(closed, ada):
    Topic.objects.update(deleted_at=timezone.now())
    with pytest.raises(Refused, match="This topic has been deleted"):
        decide(closed, ada)


# --- The form -----------------------------------------------------------------------------------------


def test_its_opener_and_moderators_decide_once_it_has_closed(
    open_poll, closed, ada, ben, mod, visitor, sign_in
):
    sent = {"decision": "We plant **limes**.", "version": 0}
    others = open_poll()
    for user, status in ((ben, 403), (mod, 200), (ada, 200)):
        assert sign_in(user).get(f"/poll/{closed.pk}/outcome/").status_code == status
        assert sign_in(user).get(f"/poll/{others.pk}/outcome/").status_code == 403
        link = f'href="/poll/{closed.pk}/outcome/"' in sign_in(user).get(f"/poll/{closed.pk}/").text
        assert link is (status == 200)
    assert visitor.post(f"/poll/{closed.pk}/outcome/", sent).status_code == 403
    assert sign_in(ben).post(f"/poll/{closed.pk}/outcome/", sent).status_code == 403
    Category.objects.update(reply_groups=[Group.objects.create(name="Council").pk])
    assert (
        sign_in(ada).post(f"/poll/{closed.pk}/outcome/", sent).status_code == 403
    )  # she lost the right to write
    Category.objects.update(reply_groups=[])
    for _ in range(2):
        answer = sign_in(ada).post(f"/poll/{closed.pk}/outcome/", sent)
        assert (answer.status_code, answer.url) == (303, f"/poll/{closed.pk}/")
    assert list(OutcomeChange.objects.values_list("by", "decision")) == [(ada.pk, "We plant **limes**.")]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"decision": " "}, "Please write something first."),
        ({"decision": "x" * 5_001}, "A decision has at most 5,000 characters, and this one has 5,001."),
        ({"review_on": f"{TODAY - timedelta(days=2)}"}, "That day has passed."),
        ({"review_on": "soon"}, "Please enter a day, such as 2030-03-31."),
        ({"carrier": "Nobody"}, "No member called “Nobody” can read this topic."),
        ({"carried_by": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_form_that_makes_no_sense_comes_back_with_its_text(closed, ada, sign_in, sent, sentence):
    given = {"decision": "We plant limes.", "carried_by": "The council", "version": 0}
    answer = sign_in(ada).post(f"/poll/{closed.pk}/outcome/", given | sent)
    assert answer.status_code == 400 and sentence in answer.text
    kept = {name: value for name, value in (given | sent).items() if name != "version" and str(value).strip()}
    assert all(str(value) in answer.text for value in kept.values())
    assert not Outcome.objects.exists()


def test_a_form_that_shows_an_older_version_overwrites_nothing(closed, ada, mod, sign_in):
    decide(closed, ada)
    sent = {"decision": "We plant oaks.", "version": 0}
    answer = sign_in(mod).post(f"/poll/{closed.pk}/outcome/", sent)
    assert answer.status_code == 409
    assert all(
        text in answer.text for text in ("Somebody has changed this outcome", "We plant limes.", "oaks")
    )
    assert Outcome.objects.get().decision == "We plant limes."
    (version,) = re.findall(r'name="version" value="(\d)"', answer.text)
    assert sign_in(mod).post(f"/poll/{closed.pk}/outcome/", sent | {"version": version}).status_code == 303
    assert Action.objects.get().verb == "outcome_changed"


# --- Where it is shown --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_it_is_shown_with_the_poll_in_the_topic_and_in_lists(closed, ada, ben, sign_in, topic):
    cleo = sign_in(member("Cleo"))
    said = {"carried_by": "The council", "carrier": ben, "review_on": TODAY}
    outcome = decide(closed, ada, "We plant **limes**.", **said)
    poll, page, lists = (
        cleo.get(each).text for each in (f"/poll/{closed.pk}/", topic.get_absolute_url(), "/")
    )
    for text in (poll, page):
        assert "We plant <strong>limes</strong>." in text
        assert 'Carried out by <bdi>The council</bdi>, <a href="/u/Ben/">Ben</a>.' in text
    assert f'<a href="/decisions/{outcome.pk}/">Decided: We plant limes.</a>' in page
    assert '<span class="badge solved">decided</span>' in lists
    assert (
        f'<a class="badge solved" href="/decisions/{outcome.pk}/">decided</a>'
        in cleo.get("/polls/?list=decided").text
    )
    outcome.withdraw(by=ada)
    for address in (f"/poll/{closed.pk}/", topic.get_absolute_url(), "/", "/polls/?list=decided"):
        text = cleo.get(address).text
        assert "limes" not in text and "decided<" not in text


def test_the_search_finds_it_as_far_as_the_viewer_may_see_it(closed, open_poll, ada, visitor, mod, sign_in):
    outcome = decide(closed, ada, "We plant marvellous limes.")
    index.run()
    assert "marvellous" in visitor.get("/decisions/?q=marvellous").text
    assert "Nothing found" not in visitor.get("/search/?q=marvellous+has:decision").text
    for text in ("pears", "marvellous -limes"):
        assert "No decision found" in visitor.get("/decisions/", {"q": text}).text
    outcome.withdraw(by=mod)
    index.run()
    assert "No decision found" in visitor.get("/decisions/?q=marvellous").text


@pytest.mark.django_db(transaction=True)
def test_who_leaves_is_named_no_more_and_the_decision_stays(closed, ada, ben, mod, sign_in):
    outcome = decide(closed, ada, carrier=ben)
    address = f"/decisions/{outcome.pk}/"
    assert "Ben" in sign_in(mod).get(address).text
    for user in (ada, ben):
        deletion.delete(user)
    text = sign_in(mod).get(address).text
    assert "We plant limes." in text and "Carried out by deleted member." in text
    assert "Ada" not in text and "Ben" not in text


# --- Notifications ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_those_who_took_part_or_watch_are_notified_once(closed, topic, ada, ben, cleo, mod):
    for user in (ada, ben, cleo):
        Watch.objects.choose(user, Watch.Level.WATCHING, topic=topic)
    decide(closed, ada, carrier=mod)
    decide(closed, ada, "We plant oaks.", version=1)
    words = "Decided: Which?"
    assert sorted(told()) == [("Ben", "ended", words), ("Cleo", "opened", words), ("Mod", "ended", words)]


@pytest.mark.django_db(transaction=True)
def test_a_review_is_remembered_once_on_its_day(closed, open_poll, ada, ben, mod):
    decide(closed, ada, carrier=ben, review_on=TODAY + timedelta(days=1))
    told()
    Notification.objects.all().delete()
    remind_of_reviews()
    assert told() == []
    outcome = decide(closed, ada, carrier=ben, review_on=TODAY, version=1)
    Topic.objects.update(hidden_at=timezone.now())
    remind_of_reviews()
    assert told() == []  # it waits while the topic is hidden
    Topic.objects.update(hidden_at=None)
    remind_of_reviews()
    remind_of_reviews()
    words = "This decision is to be reviewed now: Which?"
    assert sorted(told()) == [("Ada", "reminded", words), ("Ben", "reminded", words)]
    assert Notification.objects.filter(member=ben).get().address == outcome.get_absolute_url()
