"""Outcomes of polls and debates, and the log of their changes, which is never rewritten."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION forums_refuse_rewriting_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of an outcome is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forums_outcomechange_append_only BEFORE UPDATE OR DELETE ON forums_outcomechange
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_rewriting_outcomes();
"""
ALLOW = """
DROP TRIGGER forums_outcomechange_append_only ON forums_outcomechange;
DROP FUNCTION forums_refuse_rewriting_outcomes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0032_search_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Outcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="The question that was decided. Empty: the topic's title.",
                        max_length=200,
                    ),
                ),
                ("address", models.CharField(help_text="The page of the poll or debate.", max_length=200)),
                ("decision", models.TextField()),
                ("decision_html", models.TextField()),
                ("carried_by", models.CharField(blank=True, max_length=200)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="The number of lines of its log."),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outcomes_to_carry_out",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opener",
                    models.ForeignKey(
                        help_text="Who opened the poll or debate.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outcomes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="forums.topic",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="topic",
            name="decided_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When its newest outcome was given; null without an outcome.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="debate",
            name="outcome",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="debate",
                to="forums.outcome",
            ),
        ),
        migrations.CreateModel(
            name="OutcomeChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("given", "gave it"),
                            ("changed", "changed it"),
                            ("withdrawn", "withdrew it"),
                            ("restored", "restored it"),
                        ],
                        max_length=9,
                    ),
                ),
                ("decision", models.TextField()),
                ("carried_by", models.CharField(blank=True, max_length=200)),
                ("review_on", models.DateField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "carrier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="forums.outcome",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of an outcome",
                "verbose_name_plural": "changes of outcomes",
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["-created_at", "-id"], name="outcome_new"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                condition=models.Q(
                    ("reminded_at", None), ("review_on__isnull", False), ("withdrawn_at", None)
                ),
                fields=["review_on"],
                name="outcome_to_remind",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
