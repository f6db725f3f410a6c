"""The sidebar of a topic leads to its first, new and last comment, to a day, and to the people of the page."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from forums.models import Comment, Topic


@pytest.fixture
def days(limes, opening, say, cleo):
    """Creates three replies on three days. The newest one is below the oldest one. Returns them."""
    first = say(opening, "On Monday")
    replies = first, say(opening, "On Tuesday"), say(first, "On Wednesday", author=cleo)
    for number, comment in enumerate(replies):
        at = timezone.make_aware(datetime(2026, 3, 2 + number, 12))
        Comment.objects.filter(pk=comment.pk).update(created_at=at)
    Comment.objects.filter(seq=1).update(created_at=timezone.make_aware(datetime(2026, 3, 1)))
    return replies


def goes_to(client, topic, query=""):
    return client.get(f"/t/{topic.pk}/jump/{query}").get("Location")


def test_a_day_leads_to_its_first_comment_and_a_day_without_one_to_the_next(days, limes, visitor):
    monday, tuesday, wednesday = days
    assert goes_to(visitor, limes, "?date=2026-03-03") == f"/comments/{tuesday.pk}/"
    tuesday.delete_by_author()
    assert goes_to(visitor, limes, "?date=2026-03-03") == f"/comments/{wednesday.pk}/"
    assert goes_to(visitor, limes, "?date=2026-03-02") == f"/comments/{monday.pk}/"


def test_without_a_day_and_after_the_last_day_it_leads_to_the_last_comment(days, limes, visitor):
    for query in ("", "?date=2030-01-01"):
        assert goes_to(visitor, limes, query) == f"/comments/{days[-1].pk}/"


def test_a_day_begins_in_the_members_time_zone(days, limes, ben, sign_in):
    at = timezone.make_aware(datetime(2026, 3, 3)) - timedelta(hours=3)
    Comment.objects.filter(pk=days[0].pk).update(created_at=at)
    ben.time_zone = "Asia/Tokyo"
    ben.save()
    assert goes_to(sign_in(ben), limes, "?date=2026-03-03") == f"/comments/{days[0].pk}/"
    assert goes_to(sign_in(ben), limes, "?date=2026-03-03&zone=UTC") == f"/comments/{days[1].pk}/"
    assert goes_to(sign_in(ben), limes, "?date=2026-03-03&zone=Mars") == f"/comments/{days[0].pk}/"


def test_a_wrong_day_is_refused_and_a_topic_that_one_may_not_see_is_missing(days, limes, visitor):
    assert visitor.get(f"/t/{limes.pk}/jump/?date=yesterday").status_code == 400
    assert visitor.get(f"/t/{limes.pk}/jump/").status_code == 302
    Topic.objects.filter(pk=limes.pk).update(hidden_at=timezone.now())
    assert visitor.get(f"/t/{limes.pk}/jump/").status_code == 404


def test_the_page_names_its_people_and_no_removed_author(days, limes, visitor):
    page = visitor.get(limes.get_absolute_url()).text
    assert page.count('alt="Ben"') == 1 and page.count('alt="Cleo"') == 1
    assert 'title="Ben, 2 comments here"' in page
    days[-1].delete_by_author()
    assert 'alt="Cleo"' not in visitor.get(limes.get_absolute_url()).text
