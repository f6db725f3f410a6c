"""The list of polls, and the marks of topics with open polls in topic lists."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.models import Category, Topic
from polls.ballots import closing, voting

pytestmark = pytest.mark.django_db(transaction=True)


def questions(browser, query=""):
    page = browser.get(f"/polls/{query}").text
    return re.findall(r'href="/poll/\d+/" dir="auto">([^<]+)<', page)


def test_the_list_shows_polls_without_the_viewer_s_vote_first(open_poll, ben, visitor, sign_in):
    later = timezone.now() + timedelta(days=3)
    first = open_poll(question="First?", closes_at=later)
    open_poll(question="Second?", closes_at=later + timedelta(days=1), secret=True)
    open_poll(question="Later?", opens_at=later)
    done = open_poll(question="Done?")
    passed = open_poll(question="Passed?", majority="simple")
    for poll in (first, done, passed):
        voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    closing.close(done)
    closing.close(passed)
    assert questions(visitor) == ["First?", "Second?"]
    assert questions(sign_in(ben)) == ["Second?", "First?"]
    page = sign_in(ben).get("/polls/").text
    assert (page.count("you have not voted"), page.count("you have voted")) == (1, 1)
    assert questions(visitor, "?list=upcoming") == ["Later?"]
    assert questions(visitor, "?list=closed") == ["Passed?", "Done?"]
    assert questions(visitor, "?list=decided") == ["Passed?"]
    assert visitor.get("/polls/?list=all").status_code == 400


def test_polls_are_listed_by_category_and_only_to_those_who_see_it(open_poll, topic, ada, ben, sign_in):
    group = Group.objects.create(name="Council")
    ada.groups.add(group)
    open_poll(question="Town?")
    hidden = Category.objects.create(name="Vault", slug="vault", see_groups=[group.pk])
    other = Topic.open(author=ada, category=hidden, title="Gold", body="Where?", token=uuid4())
    topic.pk, topic.category = other.pk, hidden
    open_poll(question="Gold?")
    assert sorted(questions(sign_in(ada))) == ["Gold?", "Town?"]
    assert questions(sign_in(ada), "?category=vault") == ["Gold?"]
    assert questions(sign_in(ben)) == ["Town?"]
    assert sign_in(ben).get("/polls/?category=vault").status_code == 400


def test_thirty_polls_cost_as_many_queries_as_three(open_poll, ben, sign_in):
    browser, costs = sign_in(ben), []
    for number in (3, 27):
        for place in range(number):
            open_poll(secret=place % 2 == 0)
        for page in ("/polls/", "/"):
            browser.get(page)
        costs.append({})
        for page in ("/polls/", "/"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            costs[-1][page] = len(queries)
    assert costs[0] == costs[1]


def test_topic_lists_mark_open_polls_and_the_missing_vote(open_poll, topic, ben, cleo, visitor, sign_in):
    group = Group.objects.create(name="Council")
    ben.groups.add(group)
    rules = {"voter_groups": [group.pk], "roll_grows": False, "secret": True}
    poll = open_poll(closes_at=timezone.now() + timedelta(days=2, hours=12), **rules)
    pages = {who: sign_in(who).get("/").text for who in (ben, cleo)} | {None: visitor.get("/").text}
    assert all("poll open, 3 days left" in page for page in pages.values())
    assert ["you have not voted" in page for page in pages.values()] == [True, False, False]
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    assert "you have not voted" not in sign_in(ben).get("/").text
    closing.close(poll)
    assert "poll open" not in sign_in(ben).get("/").text
