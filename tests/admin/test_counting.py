"""Pages of long lists, which do not count their rows."""

import pytest
from django.db import connection

from accounts.models import User
from config.admin import paginator


@pytest.fixture
def crowd(db, monkeypatch):
    """Creates thirty members, in an admin that counts up to twenty rows and shows five on a page."""
    monkeypatch.setattr(paginator, "MAX_COUNT", 20)
    User.objects.bulk_create(User(username=f"Crowd{n}", email=f"crowd{n}@example.org") for n in range(30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")


def test_a_short_list_is_counted(ada, ben):
    counted = paginator.BoundedPaginator(User.objects.order_by("-pk"), 5)
    assert (counted.count, counted.display_count, counted.num_pages) == (2, "2", 1)


def test_a_whole_long_table_is_told_as_postgres_knows_it(crowd, django_assert_num_queries):
    with django_assert_num_queries(2):
        counted = paginator.BoundedPaginator(User.objects.order_by("-pk"), 5)
        assert (counted.count, counted.display_count, counted.num_pages) == (20, "about 30", 4)


def test_of_a_part_only_that_there_are_many_is_known(crowd, ada):
    many = paginator.BoundedPaginator(User.objects.filter(username__startswith="Crowd").order_by("-pk"), 5)
    few = paginator.BoundedPaginator(User.objects.filter(username="Ada").order_by("-pk"), 5)
    assert (many.display_count, few.display_count) == ("more than 20", "1")


def test_the_list_says_so(crowd, sign_in, root):
    page = sign_in(root).get("/admin/accounts/user/").text
    assert "about 30 members" in " ".join(page.split())
