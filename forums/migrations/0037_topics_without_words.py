"""Drops an index of titles. The admin, which was the last to read it, finds titles by the search index.

Each reply wrote all words of its topic's title to this index again. The lock lasts for a moment, and `migrate` does not
wait for it long.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forums", "0036_tags_of_topics")]

    operations = [migrations.RemoveIndex("topic", "topic_words")]
