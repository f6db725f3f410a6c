"""Outcomes of debates, and the pages of all outcomes: the list, the feed, and one with its versions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.models import Action, Debate, Outcome, Topic
from forums.moderation import undoing
from tests.forums.debates.conftest import HOUR


@pytest.fixture
def held(limes, ada):
    """Ada's debate, which is over."""
    return hold(limes, ada)


def hold(topic, by, question="Limes or oaks?") -> Debate:
    now = timezone.now()
    Debate.announce(topic, by=by, starts_at=now - 2 * HOUR, ends_at=now - HOUR, question=question)
    debate = Debate.objects.with_topic().get(pk=topic.pk)
    debate.end()
    return debate


def decide(subject, by, decision="We plant **limes**.", version=0, **said):
    return Outcome.objects.decide(subject, by=by, version=version, decision=decision, **said)


def test_a_debate_shows_its_outcome_in_the_topic_in_its_summary_and_live(held, ada, ben, visitor, sign_in):
    address, before = held.summary_address, Topic.objects.get().version
    assert f'href="{address}outcome/"' in sign_in(ada).get(address).text
    assert f'href="{address}outcome/"' not in sign_in(ben).get(address).text
    answer = sign_in(ada).post(f"{address}outcome/", {"decision": "We plant **limes**.", "version": 0})
    assert (answer.status_code, answer.url) == (303, address)
    topic = Topic.objects.get()
    for page in (address, topic.get_absolute_url(), "/debates/"):
        assert "Decided" in visitor.get(page).text or "decided" in visitor.get(page).text
    assert "We plant <strong>limes</strong>." in visitor.get(topic.get_absolute_url()).text
    facts = visitor.get(f"/t/{topic.pk}/changes/?since={before}").json()
    assert "We plant <strong>limes</strong>." in str(facts)


def test_the_list_has_the_newest_first_and_filters(held, open_topic, ada, vault, visitor, stewards, sign_in):
    decide(held, ada, review_on=timezone.now().date())
    oaks = open_topic("Oaks?", category=vault)
    decide(hold(oaks, ada, question=""), ada, "We plant *oaks*.")
    page = visitor.get("/decisions/").text
    assert "Limes or oaks?" in page and "We plant limes." in page and "review due" in page
    assert "Oaks?" not in page
    ada.groups.add(stewards)
    page = sign_in(ada).get("/decisions/").text
    assert page.index(">Oaks?<") < page.index(">Limes or oaks?<")
    assert "Oaks?" in sign_in(ada).get("/decisions/?category=vault").text
    due = sign_in(ada).get("/decisions/?list=due").text
    assert ">Limes or oaks?<" in due and ">Oaks?<" not in due
    for wrong in ("?list=all", "?category=nowhere"):
        assert sign_in(ada).get(f"/decisions/{wrong}").status_code == 400
    assert visitor.get("/decisions/?category=vault").status_code == 400
    feed = visitor.get("/feed/decisions/").text
    assert "Limes or oaks?" in feed and "&lt;strong&gt;limes" in feed and "Oaks?" not in feed


def test_more_outcomes_cost_no_more_queries(held, open_topic, ada, visitor):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.get("/decisions/?q=")
        return len(queries)

    decide(held, ada)
    visitor.get("/decisions/?list=")
    first = cost()
    for number in range(5):
        decide(hold(open_topic(f"Topic {number}?"), ada), ada)
    assert (cost(), visitor.get("/decisions/?list=").text.count("We plant limes.")) == (first, 6)


def test_its_page_compares_the_versions(held, ada, mod, visitor):
    outcome = decide(held, ada)
    decide(held, ada, "We plant **oaks**.", version=1, carried_by="The council")
    text = visitor.get(outcome.get_absolute_url()).text
    assert "changed once" in text and "<del>limes</del><ins>oaks</ins>" in text
    assert text.index("changed it") < text.index("gave it")


def test_a_moderator_withdraws_it_with_its_versions_and_the_log_undoes_it(
    held, ada, ben, mod, visitor, sign_in
):
    outcome = decide(held, ada)
    address = outcome.get_absolute_url()
    assert sign_in(ben).post(f"{address}withdraw/").status_code == 403
    assert sign_in(mod).post(f"{address}withdraw/").status_code == 303
    action = Action.objects.get()
    assert (action.verb, action.member, action.what) == (
        "outcome_withdrawn",
        ada,
        f"an outcome in topic {held.pk}",
    )
    assert [sign_in(user).get(address).status_code for user in (ada, ben, mod)] == [404, 404, 200]
    assert sign_in(ada).get(f"{held.summary_address}outcome/").status_code == 403
    assert "We plant" not in visitor.get("/decisions/").text
    undoing.undo(action, by=mod)
    assert "We plant" in visitor.get("/decisions/").text
    assert list(outcome.changes.values_list("event", flat=True)) == ["given", "withdrawn", "restored"]


def test_its_opener_withdraws_it_without_an_act_and_gives_it_again(held, ada, sign_in):
    outcome = decide(held, ada)
    sign_in(ada).post(f"{outcome.get_absolute_url()}withdraw/")
    assert Topic.objects.get().decided_at is None
    answer = sign_in(ada).post(
        f"{held.summary_address}outcome/", {"decision": "We plant **limes**.", "version": 2}
    )
    assert answer.status_code == 303 and not Action.objects.exists()
    outcome.refresh_from_db()
    assert (outcome.is_withdrawn, outcome.version) == (False, 3)
    assert Topic.objects.get().decided_at == outcome.created_at
