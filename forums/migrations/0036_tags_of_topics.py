"""Adds the index of topics by tag, and checks the watches from before tags. Neither locks its table."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations


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
    dependencies = [("forums", "0035_tags")]

    operations = [
        AddIndex("topic", GinIndex(fields=["tags"], name="topic_tags", fastupdate=False)),
        ValidateConstraint("watch", "watch_one_target"),
    ]
