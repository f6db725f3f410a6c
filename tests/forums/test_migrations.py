"""Rows of an older schema are still there after an upgrade, under the names of today.

Postgres rolls back changes of the schema, too. The test runs in a transaction that is rolled back, so the database is
fully migrated afterwards, even if the test fails.
"""

from uuid import uuid4

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from forums.models import Case, Comment, OutboxEvent, OutgoingMail, PendingPost, Topic

OLD = ("forums", "0016_moderation_names_and_help_texts")
"""The last schema in which outbox events were News, outgoing mail was Letter, and pending posts were Held."""
OLD_TABLES = {"forums_news", "forums_letter", "forums_held"}


SCHEMA = {
    "columns": """
        SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable,
            replace(column_default, '0.0', '0')
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": """
        SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+', 'INDEX') FROM pg_indexes
        WHERE schemaname = 'public'""",
    # Without needless parentheses: a restored backup has fewer of them, and another test restores one.
    "triggers": "SELECT pg_get_triggerdef(oid, true) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "storage": "SELECT relname, reloptions::text FROM pg_class WHERE reloptions IS NOT NULL",
}
"""Queries for all that migrations make, without the names of indexes and constraints: renamed tables keep them."""


def schema():
    found = {}
    with connection.cursor() as cursor:
        for what, query in SCHEMA.items():
            cursor.execute(query)
            found[what] = set(cursor.fetchall())
    return found


class SingleMigrations(MigrationLoader):
    """Loads the migrations that `0001_squashed_…` stands for in a new database, instead of it."""

    def load_disk(self):
        super().load_disk()
        last = {}
        for key, each in list(self.disk_migrations.items()):
            if each.replaces and key[0] in ("accounts", "forums", "polls"):
                last[key] = each.replaces[-1]
                del self.disk_migrations[key]
        for each in self.disk_migrations.values():
            each.dependencies = [last.get(key, key) for key in each.dependencies]


def executor():
    made = MigrationExecutor(connection)
    made.loader = SingleMigrations(connection)
    return made


def migrate(*targets):
    """Migrate to `targets`, or to the newest schema without any. Returns the models of that schema."""
    loads_and_runs = executor()
    targets = list(targets) or loads_and_runs.loader.graph.leaf_nodes()
    with connection.cursor() as cursor:
        # Postgres alters no table that has rows whose references are still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        loads_and_runs.migrate(targets)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return loads_and_runs.loader.project_state(targets).apps


def tables():
    return set(connection.introspection.table_names())


# One test for all models, because each way back and forth takes seconds.
def test_rows_of_the_old_schema_are_read_with_the_models_of_today(limes, opening, ben):
    new_database = schema()
    old = migrate(OLD).get_model
    assert tables() >= OLD_TABLES
    news = old("forums", "News").objects.create(
        kind="sight_changed", topic_id=limes.pk, comment_id=opening.pk, actor_id=ben.pk, facts={"a": 1}
    )
    letter = old("forums", "Letter").objects.create(member_id=ben.pk, notifications=[7, 9], attempts=2)
    held = old("forums", "Held").objects.create(
        author_id=ben.pk,
        topic_id=limes.pk,
        parent_id=opening.pk,
        body="My casino",
        token=uuid4(),
        why="words",
    )
    held_case = old("forums", "Case").objects.create(held=held, why="held", found="casino")
    act = old("forums", "Action").objects.create(verb="branch_hidden", role="moderator")
    old("forums", "Topic").objects.filter(pk=limes.pk).update(attached=2, title="Привет, мир", slug="topic")
    old("forums", "Comment").objects.filter(pk=opening.pk).update(swept_in=act.pk)

    migrate()
    grown = schema()
    assert {
        what: grown[what] ^ new_database[what] for what in SCHEMA if grown[what] != new_database[what]
    } == {}
    complete = MigrationExecutor(connection)
    assert complete.migration_plan(complete.loader.graph.leaf_nodes()) == []
    assert not tables() & OLD_TABLES

    event = OutboxEvent.objects.get(pk=news.pk)
    assert (event.kind, event.created_at) == (
        OutboxEvent.Kind.VISIBILITY_CHANGED,
        news.created_at,
    )
    assert (event.topic, event.comment, event.actor, event.facts) == (limes, opening, ben, {"a": 1})

    mail = OutgoingMail.objects.get()
    assert (mail.pk, mail.member, mail.notifications, mail.attempts) == (letter.pk, ben, [7, 9], 2)

    post, case = PendingPost.objects.pending().get(), Case.objects.pending().get()
    assert (post.pk, post.author, post.topic, post.parent) == (held.pk, ben, limes, opening)
    assert (post.body, post.token, post.why) == ("My casino", held.token, "words")
    assert (case.pk, case.kind, case.item, case.why) == (
        held_case.pk,
        "pending_post",
        post,
        Case.Why.PENDING,
    )
    assert [list(each.pending_posts.all()) for each in (ben, limes, opening)] == [[post], [post], [post]]

    topic = Topic.objects.get()
    assert (topic.panel_count, topic.slug) == (2, "привет-мир")
    assert Comment.objects.get().removed_in_id == act.pk

    # The constraints under their new names: one open case for each post, and one post for each token.
    assert Case.objects.open_about(post, Case.Why.PENDING) == case
    said = {"author": ben, "body": "My casino", "token": post.token, "why": "words"}
    assert PendingPost.objects.keep(topic=limes, parent=opening, **said) == (post, False)
