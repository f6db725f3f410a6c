"""Stores the words of each comment, so that search neither parses texts nor reads whole tables.

Before this, only an index on an expression held the words. Postgres parsed the text of each match again to rank it, and
of each comment again that a bitmap of many pages named. A vote on a comment parsed its text again, too.

Postgres rewrites the table and locks it meanwhile: a minute for 200,000 comments. Stop the site while this runs.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forums", "0018_standard_field_names")]

    operations = [
        migrations.RemoveIndex("comment", "comment_words"),
        # Not in the model's state: a field would be loaded with every comment.
        migrations.RunSQL(
            """
            ALTER TABLE forums_comment
                ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED;
            CREATE INDEX comment_words ON forums_comment USING gin (words);
            """,
            """
            DROP INDEX comment_words;
            ALTER TABLE forums_comment DROP COLUMN words;
            """,
        ),
    ]
