from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Topic, Visit


@pytest.fixture
def back_later(limes):
    """Moves every visit to the topic into the past."""

    def back_later(**pause):
        Visit.objects.filter(topic=limes).update(seen_at=timezone.now() - timedelta(**pause))

    return back_later


def new_ones(browser, topic, query=""):
    """Returns the `seq` of each comment that the page marks as new."""
    page = browser.get(topic.get_absolute_url() + query).text
    return [
        comment.seq
        for comment in topic.comments.order_by("seq")
        if any(
            f'class="comment{rest}" id="comment-{comment.pk}"' in page
            for rest in (" is-new", " is-new is-accepted")
        )
    ]


def test_nothing_is_new_on_the_first_visit(sign_in, cleo, limes, opening, say):
    say(opening)
    assert new_ones(sign_in(cleo), limes) == []


def test_what_came_since_the_last_visit_is_new_and_a_reload_keeps_it(
    sign_in, cleo, limes, opening, say, back_later
):
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    first = say(opening)
    say(first)
    back_later(hours=1)
    assert new_ones(browser, limes) == [2, 3]
    assert new_ones(browser, limes) == [2, 3]
    say(first)
    assert new_ones(browser, limes) == [2, 3, 4]
    back_later(minutes=29)
    assert new_ones(browser, limes) == [2, 3, 4]
    back_later(minutes=31)
    assert new_ones(browser, limes) == []


def test_a_request_that_is_late_takes_nothing_back(
    sign_in, cleo, limes, opening, say, django_assert_num_queries
):
    """Two tabs ask at once, on two workers; the one that read the topic first writes last."""
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    say(opening)
    late = Topic.objects.with_visit_of(cleo).get(pk=limes.pk)
    say(opening)
    browser.get(limes.get_absolute_url())
    Visit.objects.mark_read(cleo, limes, 3)
    with django_assert_num_queries(1):
        assert Visit.objects.note(cleo, late) == 1
    visit = Visit.objects.get(member=cleo, topic=limes)
    assert (visit.baseline_seq, visit.latest_seq) == (3, 3)


def test_what_comes_during_a_visit_is_new(sign_in, cleo, limes, opening, say):
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    say(opening)
    assert new_ones(browser, limes) == [2]


def test_ones_own_comments_are_not_new(sign_in, ben, cleo, limes, opening, say):
    browser = sign_in(ben)
    browser.get(limes.get_absolute_url())
    say(opening, author=ben)
    assert "new</a>" not in browser.get("/").text
    say(opening, author=cleo)
    assert new_ones(browser, limes) == [3]


def test_mark_as_read_moves_the_baseline_at_once(sign_in, cleo, limes, opening, say):
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    say(opening)
    assert new_ones(browser, limes) == [2]
    answer = browser.post(f"/t/{limes.pk}/read/", {"seq": 2})
    assert answer.status_code == 303
    assert new_ones(browser, limes) == []
    # Comments that arrived while the page was open were not on it, so they stay new.
    say(opening)
    browser.post(f"/t/{limes.pk}/read/", {"seq": 2})
    assert new_ones(browser, limes) == [3]


@pytest.mark.parametrize("seq", ["", "x", "-1", "99", "9" * 30])
@pytest.mark.parametrize("word", ["read", "seen"])
def test_nobody_has_read_what_is_not_there(sign_in, cleo, limes, word, seq):
    assert sign_in(cleo).post(f"/t/{limes.pk}/{word}/", {"seq": seq}).status_code == 400


@pytest.mark.parametrize("shown", ["x", "-1", "1,,2", ",", "1,99", "9" * 30, ",".join(["1"] * 501)])
def test_nobody_has_been_shown_what_cannot_be(sign_in, cleo, limes, shown):
    browser = sign_in(cleo)
    assert browser.post(f"/t/{limes.pk}/seen/", {"seq": 1, "shown": shown}).status_code == 400
    assert browser.post(f"/t/{limes.pk}/seen/", {"seq": 1, "shown": ",".join(["1"] * 500)}).status_code == 204


def test_what_an_open_page_has_shown_is_seen_and_stays_marked(sign_in, cleo, limes, opening, say, back_later):
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    for _ in range(3):
        say(opening)
    back_later(minutes=20)
    assert browser.post(f"/t/{limes.pk}/seen/", {"seq": 3}).status_code == 204
    assert "1 new</a>" in browser.get("/").text
    back_later(minutes=20)  # a later visit has begun
    browser.post(f"/t/{limes.pk}/seen/", {"seq": 2})  # a late message changes nothing
    assert new_ones(browser, limes) == [2, 3, 4]
    assert "new</a>" not in browser.get("/").text


def test_lists_count_what_came_since_the_last_look(sign_in, cleo, limes, opening, say):
    browser = sign_in(cleo)
    assert "is-new" not in browser.get("/").text
    browser.get(limes.get_absolute_url())
    for _ in range(3):
        say(opening)
    page = browser.get("/").text
    assert "3 new</a>" in page
    browser.get(limes.get_absolute_url())
    assert "new</a>" not in browser.get("/").text


def test_a_branch_says_how_many_new_ones_it_holds(sign_in, cleo, limes, opening, say):
    first = say(opening)
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    say(say(first))
    page = browser.get(limes.get_absolute_url()).text
    assert page.count("2 new below") == 1
    assert page.count("1 new below") == 1


def test_the_only_new_page_shows_new_ones_with_their_ancestors(sign_in, cleo, limes, opening, say):
    first, other = say(opening), say(opening)
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    fresh = say(first)
    page = browser.get(f"{limes.get_absolute_url()}?new=1").text
    assert f'id="comment-{first.pk}"' in page
    assert f'id="comment-{fresh.pk}"' in page
    assert f'id="comment-{other.pk}"' not in page
    assert new_ones(browser, limes, "?new=1") == [fresh.seq]


def test_the_ignored_make_nothing_new(sign_in, ben, cleo, limes, opening, say):
    cleo.ignore(ben)
    browser = sign_in(cleo)
    browser.get(limes.get_absolute_url())
    say(opening, "Buy my lamps!")
    page = browser.get(limes.get_absolute_url()).text
    assert "From Ben, whom you ignore" in page
    assert "new below" not in page
