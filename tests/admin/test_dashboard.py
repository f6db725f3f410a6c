"""The dashboard of the admin: its figures, who sees them, and their cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.caching.evictable import cache
from forums.dashboard import charts, figures
from forums.models import Case, Comment, Report
from tests.cast import member
from tests.forums.moderation.conftest import rule  # noqa: F401
from tests.forums.moderation.queue.conftest import case, reported, rude  # noqa: F401


@pytest.fixture
def ago():
    """Returns noon of an earlier day: `ago(3)` is three days ago."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return lambda days: noon - timedelta(days=days)


def counts(name):
    return [count for _, count in figures.by_day(name)]


def test_days_are_counted_and_older_ones_are_left_out(limes, say, opening, ago):
    for days, number in ((0, 2), (1, 3), (29, 1), (30, 4)):
        for _ in range(number):
            Comment.objects.filter(pk=say(opening).pk).update(created_at=ago(days))
    Comment.objects.filter(pk=opening.pk).update(created_at=ago(400))
    assert counts("posts") == [1, *[0] * 27, 3, 2]
    assert figures.by_day("posts")[-1][0] == datetime.now(UTC).date()


def test_a_day_that_is_over_is_counted_once(limes, say, opening, ago, django_assert_num_queries):
    comment = say(opening)
    Comment.objects.filter(pk=comment.pk).update(created_at=ago(5))
    assert counts("posts")[-6] == 1
    Comment.objects.filter(pk=comment.pk).update(created_at=ago(1))
    with django_assert_num_queries(1) as asked:
        assert counts("posts")[-6] == 1
    since = str(ago(1).date())
    assert since in asked[0]["sql"]
    cache.clear()
    assert (counts("posts")[-6], counts("posts")[-2]) == (0, 1)


def test_sign_ups_reports_and_acts_are_counted(ada, case, root, ago):  # noqa: F811
    User.objects.update(date_joined=ago(2))
    assert counts("sign-ups")[-3:] == [User.objects.count(), 0, 0]
    assert (counts("reports")[-1], counts("acts")[-1]) == (1, 0)


def test_cases_are_told_by_how_long_they_have_waited(reported, say, opening, root):  # noqa: F811
    now = datetime.now(UTC)
    for hours in (0.5, 2, 3, 30, 100, 1000):
        made = reported(say(opening))
        Case.objects.filter(pk=made.pk).update(opened_at=now - timedelta(hours=hours))
    assert figures.open_cases() == [
        ("under an hour", 1), ("under a day", 2), ("under 3 days", 1), ("under a week", 1), ("older", 1)
    ]  # fmt: skip


def test_the_most_reported_members_of_the_month_are_named(ada, ben, cleo, reported, say, opening, limes, ago):  # noqa: F811
    for _ in range(2):
        reported(say(opening, author=ben))
    reported(ben)
    reported(limes)
    reported(say(opening, author=cleo), by=ada)
    assert figures.most_reported() == [("Ben", 3), ("Ada", 1), ("Cleo", 1)]
    Report.objects.filter(member=ben).update(created_at=ago(40))
    assert figures.most_reported()[0] == ("Ben", 2)


def test_the_page_takes_ten_queries_however_much_there_is(sign_in, root, reported, say, opening):  # noqa: F811
    browser = sign_in(root)

    def cost():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/admin/")
        assert page.text.count('<svg class="picture"') == 6
        return len(queries)

    reported(say(opening))
    few = cost()
    for number in range(10):
        reported(say(opening, author=member(f"Author{number}")))
    assert cost() == few <= 10


def test_staff_who_do_not_moderate_see_no_figures(sign_in, ada, case):  # noqa: F811
    ada.is_staff = True
    ada.save()
    page = sign_in(ada).get("/admin/")
    assert (page.status_code, page.context["dashboard"]) == (200, [])


def test_pictures_carry_no_style_and_no_markup_of_names():
    drawn = charts.bars([("<b>&", 3), ("Ben", 0)], "key", "Most & least")
    assert "<b>" not in drawn
    assert "&lt;b&gt;&amp;: 3" in drawn
    assert "style=" not in drawn + charts.columns([(datetime.now(UTC).date(), 0)], "key", "None")
    assert charts.bars([], "key", "Nothing") == ""
