"""Rows of an older schema are still there after an upgrade, under the names of today.

Postgres rolls back changes of the schema, too. Each test runs in a transaction that is rolled back, so the database is
fully migrated afterwards, even if the test fails.
"""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from forums.models import Case, Comment, OutboxEvent, OutgoingMail, PendingPost, Topic

OLD = ("forums", "0016_moderation_names_and_help_texts")
"""The last schema in which outbox events were News, outgoing mail was Letter, and pending posts were Held."""


def migrate(*targets):
    """Migrate to `targets`, or to the newest schema without any. Returns the models of that schema."""
    executor = MigrationExecutor(connection)
    targets = list(targets) or executor.loader.graph.leaf_nodes()
    with connection.cursor() as cursor:
        # Postgres alters no table that has rows whose references are still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        executor.migrate(targets)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return executor.loader.project_state(targets).apps


@pytest.fixture
def old(limes, opening, ben):
    """The models of the old schema. The cast and the topic are in the database."""
    return migrate(OLD).get_model


def test_the_way_back_and_forth_ends_at_the_newest_schema(old):
    tables = set(connection.introspection.table_names())
    assert {"forums_news", "forums_letter", "forums_held"} <= tables
    migrate()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert not {"forums_news", "forums_letter", "forums_held"} & set(connection.introspection.table_names())


def test_news_are_read_as_outbox_events(old, opening, ben):
    row = old("forums", "News").objects.create(
        kind="sight_changed",
        topic_id=opening.topic_id,
        comment_id=opening.pk,
        actor_id=ben.pk,
        facts={"a": 1},
    )
    migrate()
    event = OutboxEvent.objects.get(pk=row.pk)
    assert (event.kind, event.topic, event.comment, event.actor, event.facts, event.created_at) == (
        OutboxEvent.Kind.VISIBILITY_CHANGED,
        opening.topic,
        opening,
        ben,
        {"a": 1},
        row.created_at,
    )


def test_letters_are_read_as_outgoing_mail(old, ben):
    row = old("forums", "Letter").objects.create(member_id=ben.pk, notifications=[7, 9], attempts=2)
    migrate()
    mail = OutgoingMail.objects.get(pk=row.pk)
    assert (mail.member, mail.notifications, mail.attempts, mail.due_at) == (ben, [7, 9], 2, row.due_at)


def test_a_held_text_is_read_as_a_pending_post_with_its_case(old, opening, ben):
    place = {"topic_id": opening.topic_id, "parent_id": opening.pk}
    row = old("forums", "Held").objects.create(
        author_id=ben.pk, body="My casino", token=uuid4(), why="words", matched="casino", **place
    )
    old_case = old("forums", "Case").objects.create(held=row, why="held", found="casino")
    migrate()
    post, case = PendingPost.objects.get(pk=row.pk), Case.objects.pending().get(pk=old_case.pk)
    assert (post.author, post.topic, post.parent, post.body, post.token, post.matched, post.is_pending) == (
        ben,
        opening.topic,
        opening,
        "My casino",
        row.token,
        "casino",
        True,
    )
    assert (case.kind, case.item, case.why, case.found) == ("pending_post", post, Case.Why.PENDING, "casino")
    assert [list(each.pending_posts.all()) for each in (ben, opening.topic)] == [[post], [post]]


def test_one_case_of_a_pending_post_can_still_be_open_and_each_token_was_sent_once(old, opening, ben):
    place = {"topic_id": opening.topic_id, "parent_id": opening.pk}
    row = old("forums", "Held").objects.create(
        author_id=ben.pk, body="My casino", token=uuid4(), why="words", **place
    )
    old("forums", "Case").objects.create(held=row, why="held")
    migrate()
    post = PendingPost.objects.get(pk=row.pk)
    again = Case.objects.open_about(post, Case.Why.PENDING)
    assert Case.objects.get() == again
    said = {"author": ben, "body": "My casino", "token": post.token, "why": "words"}
    assert PendingPost.objects.keep(topic=opening.topic, parent=opening, **said) == (post, False)


def test_panels_and_removed_comments_keep_their_columns(old, opening):
    act = old("forums", "Action").objects.create(
        verb="branch_hidden", role="moderator", comment_id=opening.pk
    )
    old("forums", "Topic").objects.filter(pk=opening.topic_id).update(attached=2)
    old("forums", "Comment").objects.filter(pk=opening.pk).update(swept_in=act.pk)
    migrate()
    assert Topic.objects.get().panel_count == 2
    assert Comment.objects.get().removed_in_id == act.pk
