"""A member's own state comes with the topic if this process knows the comments of the page, and is always the same."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.models import Draft, Topic, Visit, Watch
from forums.notifications import dispatch
from forums.reading import shared_page, viewer_state

SECRETS = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]+"')


@pytest.fixture
def thread(limes, opening, say):
    """Returns four comments, which answer each other in pairs."""
    first, second = say(opening, "One."), say(opening, "Two.")
    return [first, say(first, "One below."), second, say(second, "Two below.")]


@pytest.fixture
def involved(thread, limes, sign_in, cleo):
    """Cleo's browser, after Cleo has done with the topic all that its page shows."""
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    one, _, two, _ = thread
    for action in ("vote/up/", "bookmark/", "fold/", "watch/watching/"):
        assert browser.post(f"/comments/{one.pk}/{action}").status_code == 303
    assert browser.post(f"/comments/{two.pk}/vote/down/").status_code == 303
    assert browser.post(f"/t/{limes.pk}/watch/following/").status_code == 303
    opening = limes.comments.get(seq=1)
    draft = {"body": "Not yet", "parent": opening.pk, "topic": limes.pk, "token": str(uuid4())}
    assert browser.post("/drafts/save/", draft).status_code < 400
    assert Draft.objects.filter(member=cleo).exists() and Watch.objects.filter(member=cleo).count() == 2
    return browser


def shown(browser, topic) -> tuple[int, str]:
    """Returns how many statements the page costs, and the page without its tokens."""
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(topic.get_absolute_url())
    assert page.status_code == 200
    return len(queries), SECRETS.sub("", page.text)


def test_the_state_that_comes_with_the_topic_is_that_of_its_own_statement(involved, limes, thread, say):
    say(thread[0], "Something new")
    dispatch.dispatch_events()
    shown(involved, limes)  # writes the visit and reads the notifications
    cost, together = shown(involved, limes)
    shared_page._shown.clear()
    cost_of_two, apart = shown(involved, limes)
    assert (cost, cost_of_two) == (2, 3)
    assert together == apart
    of_comments = ("is-new", "voted-up", "voted-down", "is-bookmarked", "is-collapsed", "is-watching")
    assert [mark for mark in (*of_comments, "Not yet", "1 new", "Following") if mark not in together] == []


def test_a_page_with_other_comments_loads_their_state(involved, limes, thread, say):
    shown(involved, limes)
    new = say(thread[3], "Something new")
    assert involved.post(f"/comments/{new.pk}/vote/up/").status_code == 303
    _, page = shown(involved, limes)
    assert re.search(rf'voted-up[^>]* id="comment-{new.pk}"', page)


def test_a_new_visit_moves_the_marks(involved, limes, opening, say, cleo):
    say(opening, "Seen in this visit")
    assert "1 new" in shown(involved, limes)[1]
    Visit.objects.filter(member=cleo).update(seen_at=timezone.now() - timedelta(hours=1))
    say(opening, "Said meanwhile")
    shown(involved, limes)  # another page, so its comments are known from here on
    Visit.objects.filter(member=cleo).update(seen_at=timezone.now() - timedelta(hours=1))
    _, page = shown(involved, limes)
    assert "is-new" not in page
    assert "<strong>0 new</strong>" in page


def test_more_new_comments_than_the_limit_are_loaded_again(involved, limes, opening, say, cleo, monkeypatch):
    """Those after the baseline could be missing, because the statement began at the one before."""
    monkeypatch.setattr(viewer_state, "MAX_NEW", 2)
    old = [say(opening, f"Old {n}") for n in range(3)]
    topic = Topic.objects.with_visit_of(cleo).get(pk=limes.pk)
    topic.state_of, topic.state = (1,), [["new", each.pk, each.seq, each.path] for each in old[:2]]
    new = say(opening, "New")
    found = viewer_state.of(cleo, topic, (1,), old[-1].seq)
    assert [pk for pk, _, _ in found.new] == [new.pk]
