"""The schema of polls after migration 0009, for new databases. CONTRIBUTING.md says how to make one."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.engines.clock
import polls.models.poll

LOG_TRIGGER = """
CREATE FUNCTION polls_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the public log of a poll is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER polls_entry_append_only BEFORE UPDATE OR DELETE ON polls_entry
    FOR EACH ROW EXECUTE FUNCTION polls_refuse_rewriting();
"""
"""Refuse to change a poll's public log."""

SEARCH_TRIGGERS = """
CREATE FUNCTION polls_search_options_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id)
    SELECT id FROM forums_comment
    WHERE seq = 1 AND topic_id IN (SELECT topic_id FROM polls_poll WHERE id IN (SELECT poll_id FROM added));
    RETURN NULL;
END $$;
CREATE FUNCTION polls_search_option_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id)
    SELECT id FROM forums_comment
    WHERE seq = 1 AND topic_id = (SELECT topic_id FROM polls_poll WHERE id = NEW.poll_id);
    RETURN NULL;
END $$;
CREATE TRIGGER polls_search_options_added AFTER INSERT ON polls_option
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION polls_search_options_added();
CREATE TRIGGER polls_search_option_changed AFTER UPDATE OF wording ON polls_option
    FOR EACH ROW EXECUTE FUNCTION polls_search_option_changed();
"""
"""Have the opening of a topic written to the search index again when the texts of its polls change."""


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("polls", "0001_initial"),
        ("polls", "0002_log_is_append_only"),
        ("polls", "0003_help_texts"),
        ("polls", "0004_open_by_the_database_clock"),
        ("polls", "0005_methods"),
        ("polls", "0006_electorate"),
        ("polls", "0007_reminders"),
        ("polls", "0008_texts_for_search"),
        ("polls", "0009_outcomes"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("forums", "0001_squashed_0038_comments_without_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Poll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="polls", to="forums.topic"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="polls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("question", models.CharField(max_length=200)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("one", "One choice"),
                            ("several", "Several choices"),
                            ("approval", "Approval: every option that you can accept"),
                            ("score", "Scores from 0 to 5"),
                            ("runoff", "Ranking, counted by instant run-off"),
                            ("schulze", "Ranking, compared in pairs (Schulze)"),
                            ("stv", "Ranking for several seats, as in Scotland (STV)"),
                            ("meek", "Ranking for several seats, by Meek's method (STV)"),
                            ("dots", "Dots to spread over the options"),
                            ("consent", "Consent: no reasoned objection"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at_least", models.PositiveSmallIntegerField(default=1)),
                (
                    "at_most",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty means all options.", null=True
                    ),
                ),
                (
                    "seats",
                    models.PositiveSmallIntegerField(
                        db_default=1, default=1, help_text="How many options are elected."
                    ),
                ),
                (
                    "dots",
                    models.PositiveSmallIntegerField(
                        db_default=10, default=10, help_text="The dots of each voter."
                    ),
                ),
                (
                    "shuffled",
                    models.BooleanField(
                        default=False, help_text="Each voter sees the options in a different order."
                    ),
                ),
                (
                    "voter_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        default=list,
                        help_text="Empty means everyone.",
                        size=None,
                    ),
                ),
                ("account_days", models.PositiveSmallIntegerField(default=0)),
                ("members_before_opening", models.BooleanField(default=False)),
                (
                    "roll_grows",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="Members who fulfil the rules later may vote, too.",
                    ),
                ),
                ("roll_size", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "voters_published",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="When it has closed, it shows who voted, but not how.",
                    ),
                ),
                ("changeable", models.BooleanField(default=True)),
                ("withdrawable", models.BooleanField(default=False)),
                (
                    "results_show",
                    models.CharField(
                        choices=[
                            ("always", "to everyone at any time"),
                            (
                                "after_voting",
                                "to those who have voted, and to everyone when the poll has closed",
                            ),
                            ("at_close", "when the poll has closed"),
                            ("staff", "to moderators only"),
                        ],
                        default="after_voting",
                        max_length=12,
                    ),
                ),
                (
                    "quorum",
                    models.PositiveIntegerField(
                        default=0, help_text="How many ballots are needed for a valid result."
                    ),
                ),
                (
                    "quorum_percent",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="The part of the roll that must vote."
                    ),
                ),
                (
                    "majority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no majority: the poll only shows a result"),
                            ("simple", "simple: more votes than any other option"),
                            ("absolute", "absolute: more than half"),
                            ("thirds", "two thirds"),
                            ("custom", "a percentage"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                ("majority_percent", models.PositiveSmallIntegerField(db_default=50, default=50)),
                ("majority_of_roll", models.BooleanField(db_default=False, default=False)),
                (
                    "passed",
                    models.BooleanField(
                        editable=False,
                        help_text="Whether it passed by its rule. Null without a rule, and until it closes.",
                        null=True,
                    ),
                ),
                ("secret", models.BooleanField(default=True)),
                (
                    "extensible",
                    models.BooleanField(
                        default=False, help_text="Options may be added while the poll is open."
                    ),
                ),
                ("opens_at", models.DateTimeField(default=config.engines.clock.now)),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty means that it is closed by hand.", null=True
                    ),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seed", models.CharField(default=polls.models.poll.new_seed, editable=False, max_length=32)),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("reminded_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("token", models.UUIDField(editable=False)),
                (
                    "cells",
                    models.JSONField(editable=False, help_text="The tally when the poll closed.", null=True),
                ),
                (
                    "frozen_result",
                    models.JSONField(
                        db_column="outcome",
                        editable=False,
                        help_text="The result when the poll closed, by the rules of that time.",
                        null=True,
                    ),
                ),
                (
                    "outcome",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="poll",
                        to="forums.outcome",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Where the poll was imported from.",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["closes_at"], name="poll_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("author", "token"), name="poll_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None), models.Q(("cells", None), _negated=True), _connector="OR"
                        ),
                        name="poll_closed_counted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="polls.poll",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marks",
                    models.JSONField(
                        help_text="The ballot as polls.tally defines it, with lists for tuples."
                    ),
                ),
                ("token", models.UUIDField()),
                ("cast_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "public ballot",
                "constraints": [models.UniqueConstraint(fields=("poll", "member"), name="ballot_once")],
            },
        ),
        migrations.CreateModel(
            name="Elector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="electors",
                        to="polls.poll",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "member on a roll",
                "verbose_name_plural": "members on rolls",
                "constraints": [models.UniqueConstraint(fields=("poll", "member"), name="elector_once")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log", to="polls.poll"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("roll_fixed", "fixed the roll"),
                            ("rules_changed", "changed the rules"),
                            ("option_corrected", "corrected an option"),
                            ("option_added", "added an option"),
                            ("extended", "moved the closing time"),
                            ("closed", "closed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=600)),
            ],
            options={
                "verbose_name": "log entry",
                "verbose_name_plural": "log entries",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="polls.poll",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("wording", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "choice"),
                            ("abstain", "abstain"),
                            ("none", "none of the above"),
                            ("object", "object"),
                        ],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("corrected_at", models.DateTimeField(editable=False, null=True)),
                (
                    "added_at",
                    models.DateTimeField(
                        editable=False, help_text="Set if the option was added to an open poll.", null=True
                    ),
                ),
                (
                    "set_aside",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Cannot win and is eliminated first, such as undeclared write-ins. Only imports set it.",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("poll", "position"), name="option_place_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SecretBallot",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secret_ballots",
                        to="polls.poll",
                    ),
                ),
                ("receipt", models.CharField(max_length=40)),
                (
                    "marks",
                    models.JSONField(
                        help_text="The ballot as polls.tally defines it, with lists for tuples."
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("poll", "receipt"), name="receipt_once")],
            },
        ),
        migrations.CreateModel(
            name="Voter",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voters",
                        to="polls.poll",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secret_votes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "voter in a secret poll",
                "verbose_name_plural": "voters in secret polls",
                "constraints": [models.UniqueConstraint(fields=("poll", "member"), name="voter_once")],
            },
        ),
        migrations.RunSQL(LOG_TRIGGER, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH_TRIGGERS, migrations.RunSQL.noop),
    ]
