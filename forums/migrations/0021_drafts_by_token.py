"""Lets a member have several drafts for the same place, one for each form."""

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forums", "0020_slugs_in_all_scripts")]

    operations = [
        migrations.RemoveConstraint("draft", "draft_once"),
        migrations.AddField(
            "draft",
            "token",
            models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID()),
        ),
        migrations.AlterField("draft", "token", models.UUIDField()),
        migrations.AddConstraint(
            "draft", models.UniqueConstraint(fields=("member", "token"), name="draft_token_once")
        ),
    ]
