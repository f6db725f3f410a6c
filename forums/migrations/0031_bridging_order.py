"""Adds the index of the bridging order. The comments are not locked meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndex(AddIndexConcurrently):
    """Adds the index concurrently, except within a transaction, where Postgres refuses that."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        way = migrations.AddIndex if schema_editor.connection.in_atomic_block else AddIndexConcurrently
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        way = migrations.AddIndex if schema_editor.connection.in_atomic_block else AddIndexConcurrently
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("forums", "0030_votes_by_side")]

    operations = [
        AddIndex(
            "comment",
            models.Index(
                models.F("parent"),
                models.OrderBy(models.F("bridging"), descending=True),
                models.F("seq"),
                name="comment_bridging",
            ),
        ),
    ]
