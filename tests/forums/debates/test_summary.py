"""The summary shows the figures from the end of the debate, and the texts as they are now."""

from uuid import uuid4

import pytest

from forums.models import Debate, SideChange, Topic, Vote
from polls.ballots import closing
from polls.models import Poll
from tests.forums.debates.conftest import HOUR
from tests.forums.debates.test_pages import cost, move


@pytest.fixture
def held(announce, opening, ben, cleo, mod, stand):
    """Ben was for it and is against it now. Cleo is still for it. A comment of each has one vote."""
    debate = announce(0.5, 1)
    stand(debate, ben, "for")
    stand(debate, cleo, "for")
    SideChange.objects.update(at=debate.announced_at - HOUR)
    move(debate, -0.001, 1)
    topic = Topic.objects.get(pk=debate.pk)
    said = topic.reply(author=ben, parent=opening, body="It is **too dear**.", token=uuid4())
    other = topic.reply(author=cleo, parent=opening, body="It is not.", token=uuid4())
    debate = Debate.objects.with_topic().get()
    stand(debate, ben, "against")
    for comment in (said, other):
        Vote.objects.cast(comment, by=mod, value=1)
    debate.end(by=mod)
    return Debate.objects.with_topic().get(), said, other


def test_it_says_what_the_debate_came_to(held, visitor):
    debate, *_ = held
    page = visitor.get(debate.summary_address).text
    assert "1 of 2 changed their side for good. 2 had taken a side before the debate began." in page
    assert "It is <strong>too dear</strong>." in page and "It is not." in page
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert '<th scope="row">For</th><td>1</td><td>0</td><td>1</td><td>2</td>' in rows
    assert '<th scope="row">In the end</th><td>1</td><td>0</td><td>1</td><td>2</td>' in rows


def test_before_the_end_there_is_none(running, visitor, mod, sign_in):
    assert visitor.get(running.summary_address).status_code == 404
    assert sign_in(mod).get(running.summary_address).status_code == 404


def test_what_was_taken_away_since_is_not_there(held, visitor, sign_in, ben, mod):
    debate, said, other = held
    address = debate.summary_address
    assert all(text in visitor.get(address).text for text in ("too dear", "It is not."))
    said.set_hidden(by=mod)
    other.delete_by_author()
    for browser in (visitor, sign_in(ben), sign_in(mod)):
        page = browser.get(address).text
        assert "too dear" not in page and "It is not." not in page
        assert "No comment has votes." in page
    said.set_shown()
    assert "too dear" in visitor.get(address).text


def test_an_edited_text_is_shown_as_it_is_now(held, visitor, mod):
    debate, said, _ = held
    visitor.get(debate.summary_address)
    said.edit(by=mod, body="It is dear.")
    assert "It is dear." in visitor.get(debate.summary_address).text


def test_a_comment_that_was_moved_out_of_sight_is_not_shown(held, visitor, open_topic, vault):
    debate, said, _ = held
    type(said).objects.filter(pk=said.pk).update(topic=open_topic("Secret", category=vault), seq=99)
    assert "too dear" not in visitor.get(debate.summary_address).text


def test_polls_stand_in_it_as_far_as_one_may_see_them(held, visitor, ada, limes):
    debate, *_ = held
    rules = {"method": "one", "secret": False, "results_show": "at_close", "question": "How many?"}
    poll = Poll.open(author=ada, topic=limes, wordings=["One", "Two"], token=uuid4(), **rules)
    page = visitor.get(debate.summary_address).text
    assert "How many?" in page and "Results are shown when the poll has closed." in page
    closing.close(Poll.objects.for_page().get(pk=poll.pk))
    page = visitor.get(debate.summary_address).text
    assert '<ul class="results">' in page and "Results are shown" not in page


def test_nobody_took_part(announce, visitor, mod):
    debate = announce(-1, 1)
    debate.end(by=mod)
    page = visitor.get(debate.summary_address).text
    assert "Nobody took a side." in page and "No comment has votes." in page
    assert '<svg class="picture"' not in page


def test_a_visitors_warm_summary_costs_nothing_and_a_members_six_queries(held, visitor, sign_in, cleo):
    debate, *_ = held
    browser = sign_in(cleo)
    for one in (visitor, browser):
        one.get(debate.summary_address)
    assert cost(visitor, debate.summary_address) == 0
    assert cost(browser, debate.summary_address) <= 6  # one for its record


def test_the_first_who_asks_for_it_settles_what_is_due(announce, visitor):
    debate = announce(-2, -1)
    assert visitor.get(debate.summary_address).status_code == 200
    debate.refresh_from_db()
    assert debate.ended_at - debate.started_at == HOUR
