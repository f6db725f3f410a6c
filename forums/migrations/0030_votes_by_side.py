"""Counts votes by side, for the bridging order of debates.

The old code can run on this schema: the columns have defaults. Votes from before have no side, because a vote's row does
not say when its value was last changed.
"""

from django.db import migrations, models

COUNTERS = ("for_ups", "for_downs", "against_ups", "against_downs")


class Migration(migrations.Migration):
    dependencies = [("forums", "0029_opened_notifications")]

    operations = [
        migrations.AddField(
            "vote", "side", models.CharField(blank=True, db_default="", default="", max_length=9)
        ),
        *(
            migrations.AddField(model, column, models.IntegerField(db_default=0, default=0))
            for model in ("comment", "origin")
            for column in COUNTERS
        ),
        migrations.AddField("comment", "bridging", models.FloatField(db_default=0, default=0)),
    ]
