"""Counts votes by side, for the bridging order of debates, and stores which comments moved members to another side.

The old code can run on this schema: the columns have defaults. Votes from before have no side, because a vote's row does
not say when its value was last changed. All columns of a table are added in one statement, under one short lock.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COUNTERS = ("for_ups", "for_downs", "against_ups", "against_downs")


def number(help_text=""):
    return models.IntegerField(db_default=0, default=0, help_text=help_text)


def added(**columns: str) -> str:
    return ", ".join(f"ADD COLUMN {name} {kind} NOT NULL" for name, kind in columns.items())


def removed(*columns: str) -> str:
    return ", ".join(f"DROP COLUMN {name}" for name in columns)


BY_SIDE = dict.fromkeys(COUNTERS, "integer DEFAULT 0")
OF_COMMENTS = {**BY_SIDE, "bridging": "double precision DEFAULT 0", "persuaded": "integer DEFAULT 0"}


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0029_opened_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE forums_vote ADD COLUMN side varchar(9) DEFAULT '' NOT NULL",
                f"ALTER TABLE forums_origin {added(**BY_SIDE)}",
                f"ALTER TABLE forums_comment {added(**OF_COMMENTS)}",
            ],
            [
                f"ALTER TABLE forums_comment {removed(*OF_COMMENTS)}",
                f"ALTER TABLE forums_origin {removed(*BY_SIDE)}",
                "ALTER TABLE forums_vote DROP COLUMN side",
            ],
            state_operations=[
                migrations.AddField(
                    "vote", "side", models.CharField(blank=True, db_default="", default="", max_length=9)
                ),
                *(
                    migrations.AddField(model, column, number())
                    for model in ("comment", "origin")
                    for column in COUNTERS
                ),
                migrations.AddField("comment", "bridging", models.FloatField(db_default=0, default=0)),
                migrations.AddField(
                    "comment",
                    "persuaded",
                    number("Members who say that it moved them to another side of its debate."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Persuasion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "came",
                    models.CharField(
                        choices=[("for", "For"), ("undecided", "Undecided"), ("against", "Against")],
                        max_length=9,
                    ),
                ),
                (
                    "is_named",
                    models.BooleanField(help_text="Whether the member agreed that others see their name."),
                ),
                ("at", models.DateTimeField()),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persuasions",
                        to="forums.sidechange",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persuasions",
                        to="forums.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persuasions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "comment"), name="persuasion_once")
                ],
            },
        ),
    ]
