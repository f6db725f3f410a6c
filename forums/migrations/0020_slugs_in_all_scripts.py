"""Allows slugs in all scripts, and makes those of existing topics anew. Their old URLs redirect."""

from django.db import migrations, models

from forums.models.discussion.slugs import slug_of


def make_anew(apps, schema_editor):
    topics = apps.get_model("forums", "Topic").objects
    changed = []
    for topic in topics.filter(title__regex=r"[^\x01-\x7F]").only("title", "slug").iterator():
        if topic.slug != (slug := slug_of(topic.title)):
            topic.slug = slug
            changed.append(topic)
    topics.bulk_update(changed, ["slug"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("forums", "0019_words_of_comments")]

    operations = [
        migrations.AlterField("topic", "slug", models.SlugField(max_length=80, allow_unicode=True)),
        migrations.AlterField(
            "category", "slug", models.SlugField(max_length=60, unique=True, allow_unicode=True)
        ),
        migrations.RunPython(make_anew, migrations.RunPython.noop),
    ]
