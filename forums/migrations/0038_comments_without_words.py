"""Drops the words of comments and their index, which the release before the search index (0032) read.

Postgres parsed each text a second time for them. This rewrites no row, so the lock lasts for a moment, and the room in
the table comes back when its rows are written again. It is a migration of its own, because pages read topics and
comments in any order, and one that locks both might wait for them in a circle.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forums", "0037_topics_without_words")]

    operations = [
        # The column was never in the model's state (0019).
        migrations.RunSQL(
            "ALTER TABLE forums_comment DROP COLUMN words",
            """
            ALTER TABLE forums_comment
                ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED;
            CREATE INDEX comment_words ON forums_comment USING gin (words);
            """,
        ),
    ]
