"""The first page tells visitors what the site is, in words that an administrator chooses."""

import pytest

from forums.listing import front_page
from forums.models import FrontPage
from tests.cast import member


@pytest.fixture
def chief(db):
    return member("Chief", is_staff=True, is_superuser=True)


@pytest.fixture
def words(db):
    return FrontPage.objects.create(heading="Town talk", welcome="Come *in*. <script>alert(1)</script>")


def welcome(browser, address="/"):
    page = browser.get(address).text
    return page.split('class="welcome"')[1].split("</section>")[0] if 'class="welcome"' in page else ""


def test_visitors_are_welcomed_on_the_first_page_and_members_are_not(visitor, sign_in, ben):
    shown = welcome(visitor)
    assert "Everyone can read." in shown
    assert [address in shown for address in ("/accounts/signup/", "/accounts/login/", "/rules/")] == [
        True
    ] * 3
    assert welcome(visitor, "/?list=new") == welcome(sign_in(ben)) == ""


def test_an_administrator_chooses_the_words(visitor, sign_in, chief, words):
    assert "<h1>Town talk</h1>" in visitor.get("/").text
    assert "<p>Come <em>in</em>." in welcome(visitor) and "<script>" not in welcome(visitor)
    browser, address = sign_in(chief), f"/admin/forums/frontpage/{words.pk}/change/"
    assert browser.post(address, {"heading": "Talk", "welcome": ""}).status_code == 302
    assert ("<h1>Talk</h1>" in visitor.get("/").text, welcome(visitor)) == (True, "")
    assert browser.get("/admin/forums/frontpage/add/").status_code == 403
    words.delete()
    assert browser.get("/admin/forums/frontpage/add/").status_code == 200
    assert "Everyone can read." in welcome(visitor)


def test_the_words_cost_no_query_once_they_are_known(words, django_assert_num_queries):
    assert front_page.shown().heading == "Town talk"
    with django_assert_num_queries(0):
        assert front_page.shown().heading == "Town talk"


def test_visitors_who_press_vote_read_why_they_should_sign_in(visitor, opening):
    asked = visitor.get(f"/comments/{opening.pk}/vote/up/")
    assert asked.url == f"/accounts/login/?to=vote-up&next=/comments/{opening.pk}/"
    assert "Sign in to vote. Each member has one vote on each comment" in visitor.get(asked.url).text
    assert "Sign in to continue." in visitor.get("/accounts/login/?next=/new/").text
    assert "Sign in to" not in visitor.get("/accounts/login/").text


def test_the_rules_are_linked_where_people_join(visitor, db):
    assert '<a href="/rules/">the rules</a>' in visitor.get("/accounts/signup/").text


def test_the_first_steps_lead_to_no_other_site(sign_in, visitor, ben):
    page = sign_in(ben).get("/welcome/?next=https://evil.example/").text
    assert [address in page for address in ('"/rules/"', '"/new/"', '"/accounts/settings/preferences/"')] == [
        True
    ] * 3
    assert "evil.example" not in page.split("<main")[1].split("</main>")[0]
    assert visitor.get("/welcome/").status_code == 302
