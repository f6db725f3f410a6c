"""Watch levels of a topic, a branch or a category, with and without scripts."""

import re

import pytest
from django.db import IntegrityError, transaction

from forums.models import Category, Topic, Watch


@pytest.fixture
def addresses(opening, town, say, ada):
    """A topic, a branch and a category, each with its field in a watch and its address."""
    branch = say(opening, author=ada)
    return {
        "topic": f"/t/{opening.topic_id}/",
        "comment": f"/comments/{branch.pk}/",
        "category": town.get_absolute_url(),
    }


@pytest.mark.parametrize("kind", ["topic", "comment", "category"])
def test_a_press_chooses_a_second_one_changes_and_none_takes_back(addresses, sign_in, ben, kind):
    browser, address = sign_in(ben), addresses[kind]
    for level in ("watching", "muted", "muted"):
        answer = browser.post(f"{address}watch/{level}/", {"next": "/?list=new"})
        assert (answer.status_code, answer.url.split("#")[0]) == (303, "/?list=new")
        watch = Watch.objects.get(member=ben)
        assert (watch.level, getattr(watch, kind) is None) == (level, False)
    browser.post(f"{address}watch/none/")
    browser.post(f"{address}watch/none/")
    assert Watch.objects.count() == 0


def test_the_branch_of_the_opening_is_the_topic(sign_in, ben, opening):
    sign_in(ben).post(f"/comments/{opening.pk}/watch/watching/")
    assert Watch.objects.get().topic_id == opening.topic_id


@pytest.mark.parametrize("kind", ["topic", "comment", "category"])
def test_a_visitor_is_asked_to_sign_in_and_chooses_nothing(addresses, visitor, sign_in, ben, kind):
    asked = visitor.get(f"{addresses[kind]}watch/watching/")
    assert asked.url.startswith("/accounts/login/?to=")
    assert visitor.post(f"{addresses[kind]}watch/watching/").url.startswith("/accounts/login/")
    back = sign_in(ben).get(f"{addresses[kind]}watch/watching/")
    assert (back.status_code, Watch.objects.count()) == (303, 0)


@pytest.mark.parametrize("level", ["loudly", "9", "Watching"])
def test_there_are_no_other_levels(addresses, sign_in, ben, level):
    assert sign_in(ben).post(f"{addresses['topic']}watch/{level}/").status_code == 404
    assert sign_in(ben).post(f"{addresses['topic']}watch/muted/").status_code == 303


def test_what_one_cannot_see_cannot_be_watched(sign_in, ada, ben, open_topic, vault, stewards):
    ada.groups.add(stewards)
    topic = open_topic(category=vault)
    places = (f"/t/{topic.pk}/", f"/comments/{topic.comments.get().pk}/", vault.get_absolute_url())
    assert [sign_in(ben).post(f"{place}watch/watching/").status_code for place in places] == [404] * 3
    assert [sign_in(ada).post(f"{place}watch/watching/").status_code for place in places] == [303] * 3


def test_the_database_allows_one_choice_for_one_thing(ben, opening, town):
    Watch.objects.create(member=ben, topic=opening.topic, level="muted")
    for target in ({"topic": opening.topic}, {}, {"topic": opening.topic, "category": town}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Watch.objects.create(member=ben, level="watching", **target)
    Watch.objects.create(member=ben, level="watching", category=town)


def pressed(browser, address):
    """Returns the choices that the page shows as selected."""
    page = browser.get(address).text
    return re.findall(r'watch/(\w+)/" aria-pressed="true"', page)


def test_the_page_shows_what_has_been_chosen(addresses, sign_in, ben, limes, town):
    browser = sign_in(ben)
    assert pressed(browser, limes.get_absolute_url()) == ["none"]
    browser.post(f"{addresses['category']}watch/following/")
    assert pressed(browser, town.get_absolute_url()) == ["following"]
    page = browser.get(limes.get_absolute_url()).text
    assert 'Following<span class="spoken">: notifications from here</span>' in page
    assert "As its category or tags<small>Following." in page
    browser.post(f"{addresses['topic']}watch/muted/")
    assert pressed(browser, limes.get_absolute_url()) == ["muted"]
    browser.post(f"{addresses['comment']}watch/watching/")
    page = browser.get(limes.get_absolute_url()).text
    assert (
        re.search(r'class="comment [^"]*is-watching', page) and '<span class="badge">watching</span>' in page
    )


def titles(browser, address):
    return sorted(re.findall(r'<a href="/t/[^"?]*" dir="auto">(.+?)</a>', browser.get(address).text))


@pytest.fixture
def rooms(town, open_topic):
    """Creates topics in a category, in a subcategory, and elsewhere."""
    park = Category.objects.create(name="Park", slug="park", parent=town)
    shed = Category.objects.create(name="Shed", slug="shed")
    return [open_topic(room.name, category=room) for room in (town, park, shed)]


def test_the_latest_leave_out_muted_categories_and_say_so(sign_in, ben, rooms, town):
    browser = sign_in(ben)
    assert titles(browser, "/") == ["Park", "Shed", "Town"]
    Watch.objects.choose(ben, "muted", category=town)
    assert titles(browser, "/") == ["Shed"]
    page = browser.get("/").text
    assert "Without the categories and tags that you have muted" in page and 'href="/c/park/"' in page
    assert titles(browser, "/?list=new") == ["Park", "Shed", "Town"]
    assert titles(browser, "/c/town/") == ["Park", "Town"]
    Watch.objects.choose(ben, "following", category=Category.objects.get(slug="park"))
    assert titles(browser, "/") == ["Park", "Shed"]


def test_muting_costs_lists_no_query(sign_in, ben, rooms, town, django_assert_num_queries):
    browser = sign_in(ben)
    for chosen in (None, "muted"):
        Watch.objects.choose(ben, chosen, category=town)
        browser.get("/")
        with django_assert_num_queries(2):
            browser.get("/")


def test_the_list_of_what_one_watches_and_follows(sign_in, ben, rooms, town, say, ada):
    _, in_park, in_shed = rooms
    browser = sign_in(ben)
    assert titles(browser, "/?list=watched") == []
    Watch.objects.choose(ben, "following", topic=in_shed)
    assert titles(browser, "/?list=watched") == ["Shed"]
    Watch.objects.choose(ben, "watching", category=town)
    assert titles(browser, "/?list=watched") == ["Park", "Shed", "Town"]
    Watch.objects.choose(ben, "muted", topic=in_park)
    assert titles(browser, "/?list=watched") == ["Shed", "Town"]
    branch = say(in_park.comments.get(), author=ada)
    Watch.objects.choose(ben, "following", comment=branch)
    assert titles(browser, "/?list=watched") == ["Park", "Shed", "Town"]


def test_there_unvisited_topics_are_new_and_visited_ones_count(sign_in, ben, limes, opening, town, say, ada):
    browser = sign_in(ben)
    Watch.objects.choose(ben, "following", category=town)
    assert '<span class="badge new">new</span>' in browser.get("/?list=watched").text
    assert '<span class="badge new">new</span>' not in browser.get("/").text
    browser.get(limes.get_absolute_url())
    say(opening, author=ada)
    page = browser.get("/?list=watched").text
    assert '<span class="badge new">new</span>' not in page and "1 new</a>" in page


def test_visitors_have_no_such_list(visitor, limes):
    assert visitor.get("/?list=watched").status_code == 400
    assert "Watched" not in visitor.get("/").text


def test_the_page_of_ones_choices_shows_what_one_may_see(sign_in, ben, addresses, limes, town, vault):
    browser = sign_in(ben)
    for address in addresses.values():
        browser.post(f"{address}watch/watching/")
    assert browser.get("/watches/").text.count("Take back") == 3
    Topic.objects.get(pk=limes.pk).move(vault)
    page = browser.get("/watches/").text
    assert (page.count("Take back"), limes.title in page) == (1, False)
