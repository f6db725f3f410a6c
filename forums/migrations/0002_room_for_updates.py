from django.db import migrations


class Migration(migrations.Migration):
    """Leave a fifth of each page of comments free.

    A reply counts itself on all its ancestors; with room on the same page Postgres does that without touching the table's
    eleven indexes (a "heap-only" update).
    """

    dependencies = [("forums", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE forums_comment SET (fillfactor = 80)",
            "ALTER TABLE forums_comment RESET (fillfactor)",
        )
    ]
