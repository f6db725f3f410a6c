"""An import can be repeated, interrupted and continued. Every imported topic is complete."""

import pytest
from django.db import connection

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers.pipeline import LOCK
from forums.models import Category, Comment, Notification, Origin, OutboxEvent, Topic, Vote
from forums.tree import recount


def everything():
    """Returns all rows that an import writes, without their keys."""
    return [
        sorted(User.objects.values_list("username", "date_joined")),
        sorted(Category.objects.values_list("name", "slug", "position")),
        sorted(Topic.objects.values_list("source", "title", "last_seq", "comment_count", "score", "version")),
        sorted(Comment.objects.values_list("topic__source", "seq", "path", "descendants", "ups", "body")),
        sorted(Origin.objects.values_list("source", "ups", "downs")),
    ]


def whole(bring):
    """Returns the rows that one uninterrupted import writes into an empty forum."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE accounts_user, forums_category, forums_topic, forums_comment, forums_origin CASCADE"
        )
    bring("discourse")
    return everything()


def fill(discourse, topics=3, posts=300):
    for n in range(1, topics + 1):
        written = [
            discourse.post(
                number,
                id=n * 1000 + number,
                created_at=f"2020-05-01T10:00:00.{number:03}Z",
                username=f"Grace{number % 7}",
                user_id=number % 7,
                reply_to_post_number=number // 2 or None,
                actions_summary=[{"id": 2, "count": number % 3}],
            )
            for number in range(1, posts + 1)
        ]
        discourse.topic(*written, id=n)


def test_nobody_is_told_of_what_was_said_elsewhere(bring, discourse):
    discourse.topic(
        discourse.post(1, username="Grace", user_id=1),
        discourse.post(2, username="Ada", cooked="<p>@Grace?</p>"),
    )
    assert bring("discourse").added["posts"] == 2
    assert (OutboxEvent.objects.count(), Notification.objects.count()) == (0, 0)


def test_the_second_run_adds_nothing(bring, discourse):
    fill(discourse, topics=2, posts=20)
    first = bring("discourse")
    before = everything()
    second = bring("discourse")
    assert (first.added["posts"], second.added["posts"], second.present["posts"]) == (40, 0, 40)
    assert set(second.added.values()) == {0}
    assert everything() == before


def test_the_place_of_the_files_does_not_matter(bring, discourse, tmp_path):
    fill(discourse, topics=1, posts=5)
    bring("discourse")
    before = everything()
    moved = tmp_path.parent / "elsewhere"
    tmp_path.rename(moved)
    bring("discourse", moved)
    assert everything() == before


def test_what_was_broken_off_goes_on_and_ends_the_same(bring, discourse, transactional_db):
    fill(discourse)

    def stop(posts, size):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring("discourse", advance=stop)
    assert (Topic.objects.count(), Comment.objects.count()) == (2, 600)
    assert recount.differences() == []
    report = bring("discourse")
    assert (report.added["topics"], report.present["topics"], report.added["posts"]) == (1, 2, 300)
    assert everything() == whole(bring)


def test_a_record_that_has_been_mended_comes_with_the_next_run(bring, discourse):
    discourse.topic(discourse.post(1), discourse.post(2, cooked=None), discourse.post(3))
    bring("discourse")
    discourse.topic(
        discourse.post(1),
        discourse.post(2, actions_summary=[{"id": 2, "count": 4}]),
        discourse.post(3),
        discourse.post(4, reply_to_post_number=3, username="Ada", user_id=8),
    )
    report = bring("discourse")
    assert (report.added["posts"], report.present["posts"]) == (2, 2)
    places = Comment.objects.order_by("seq").values_list("seq", "parent__seq", "path", "ups", "descendants")
    assert list(places) == [
        (1, None, "", 0, 0),
        (2, 1, "0002", 0, 1),
        (3, 1, "0003", 4, 0),
        (4, 2, "00020004", 0, 0),
    ]
    topic = Topic.objects.get()
    assert (topic.last_seq, topic.comment_count, topic.last_author.username) == (4, 3, "Ada")
    assert recount.differences() == []


def test_what_members_have_done_here_since_stays(bring, discourse, ada):
    discourse.topic(discourse.post(1, actions_summary=[{"id": 2, "count": 4}]), discourse.post(2))
    bring("discourse")
    opening = Comment.objects.get(seq=1)
    Vote.objects.cast(opening, by=ada, value=-1)
    Topic.objects.get().reply(author=ada, parent=opening, body="Here I am.", token=None)
    Category.objects.update(name="Trees")
    bring("discourse")
    assert list(Comment.objects.order_by("seq").values_list("body", "ups", "downs")) == [
        ("Hello.", 4, 1),
        ("Hello.", 0, 0),
        ("Here I am.", 0, 0),
    ]
    assert Category.objects.get().name == "Trees"
    assert recount.differences() == []


def test_only_one_import_runs_at_a_time(bring, discourse):
    discourse.topic()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            with pytest.raises(OperatorError) as refused:
                bring("discourse")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        other.close()
    assert str(refused.value) == "Another import is running. Wait until it has finished."
    assert bring("discourse").added["topics"] == 1


def test_many_topics_cost_few_queries(bring, discourse, django_assert_max_num_queries):
    fill(discourse, topics=30, posts=3)
    with django_assert_max_num_queries(40):
        bring("discourse")
