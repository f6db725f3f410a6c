"""The compact index: one line for each topic, with pictures of those who wrote there last."""

import re

import pytest
from django.test import Client

from forums.models import Comment
from tests.cast import member
from tests.forums.listing.test_queries import cost

COMPACT, FULL = "/lists/compact/", "/lists/full/"


def people(page):
    """Returns the names at the pictures of each topic."""
    parts = re.findall(r'<span class="participants">(.*?)</span>', page, re.DOTALL)
    return [re.findall(r'alt="([^"]+)"', part) for part in parts]


@pytest.fixture(params=["visitor", "member"])
def reader(request, db, sign_in):
    return Client() if request.param == "visitor" else sign_in(member("Rita"))


def test_a_reader_chooses_the_compact_list_and_the_browser_remembers_it(reader, limes, opening, say, ben):
    say(opening)
    assert people(reader.get("/").text) == [[]]
    assert 'href="/lists/compact/?next=%2F%3Flist%3Dnew"' in reader.get("/?list=new").text
    answer = reader.get(COMPACT, {"next": "/?list=new"})
    assert (answer.status_code, answer.url) == (302, "/?list=new")
    for address in ("/", "/?list=new", "/c/town/"):
        assert people(reader.get(address).text) == [["Ben", "Ada"]]
    assert people(Client().get("/").text) == [[]]
    reader.get(FULL)
    assert people(reader.get("/").text) == [[]]


def test_the_choice_leads_to_no_other_site(visitor, db):
    assert visitor.get(COMPACT, {"next": "https://evil.example/"}).url == "/"
    assert visitor.get("/lists/other/").status_code == 404


def test_it_shows_the_last_four_who_wrote_something_that_is_still_there(
    limes, opening, say, ada, ben, cleo, mod, visitor
):
    for name in ("One", "Two", "Three"):
        say(opening, author=member(name))
    gone, hidden = say(opening, author=cleo), say(opening, author=mod)
    Comment.objects.filter(pk=gone.pk).update(deleted_at=gone.created_at)
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=hidden.created_at)
    say(opening, author=ben)
    say(opening, author=ben)
    visitor.get(COMPACT)
    assert people(visitor.get("/").text) == [["Ben", "Three", "Two", "One"]]


@pytest.mark.parametrize("rows", [3, 30])
def test_it_costs_as_many_queries_as_the_other_list(rows, open_topic, ben, sign_in):
    for number in range(rows):
        open_topic(f"Topic {number}")
    browser = sign_in(ben)
    browser.get("/")
    full = cost(browser, "/")
    browser.get(COMPACT)
    browser.get("/")
    assert cost(browser, "/") == full
