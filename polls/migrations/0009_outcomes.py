"""Polls point to their outcomes. The field with the result keeps its column `outcome`, which the last release reads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0008_texts_for_search"), ("forums", "0033_outcomes")]

    operations = [
        migrations.AlterField(
            model_name="poll",
            name="outcome",
            field=models.JSONField(
                db_column="outcome",
                editable=False,
                help_text="The result when the poll closed, by the rules of that time.",
                null=True,
            ),
        ),
        migrations.RenameField(model_name="poll", old_name="outcome", new_name="frozen_result"),
        migrations.AddField(
            model_name="poll",
            name="outcome",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="poll",
                to="forums.outcome",
            ),
        ),
    ]
