"""The schema of forums after migration 0038, for new databases, and what a forum has from the beginning.

CONTRIBUTING.md says how to make one.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import forums.access.acts
import forums.models.discussion.scores
import forums.models.pictures.picture

LOG_TRIGGERS = """
CREATE FUNCTION forums_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of moderation is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forums_action_append_only BEFORE UPDATE OR DELETE ON forums_action
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_rewriting();
CREATE TRIGGER forums_action_never_emptied BEFORE TRUNCATE ON forums_action
    FOR EACH STATEMENT EXECUTE FUNCTION forums_refuse_rewriting();

CREATE FUNCTION forums_refuse_rewriting_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of an outcome is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forums_outcomechange_append_only BEFORE UPDATE OR DELETE ON forums_outcomechange
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_rewriting_outcomes();

CREATE FUNCTION forums_refuse_changed_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM forums_record) THEN
        RETURN NULL;  -- TRUNCATE of another table may include this one, which is empty
    END IF;
    RAISE EXCEPTION 'records are never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forums_record_append_only BEFORE UPDATE OR DELETE ON forums_record
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_changed_record();
CREATE TRIGGER forums_record_never_emptied BEFORE TRUNCATE ON forums_record
    FOR EACH STATEMENT EXECUTE FUNCTION forums_refuse_changed_record();
CREATE TRIGGER forums_recordtext_only_removed BEFORE UPDATE OF record_id, hash, salt, text ON forums_recordtext
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_changed_record();
"""
"""Refuse to change the moderation log, the log of outcomes and records."""

SEARCH_TRIGGERS = """
CREATE FUNCTION forums_search_comments_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id) SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE FUNCTION forums_search_comment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION forums_search_title_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id) SELECT id FROM forums_comment WHERE topic_id = NEW.id AND seq = 1;
    RETURN NULL;
END $$;
CREATE FUNCTION forums_search_topic_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (topic_id, below) VALUES (NEW.id, 9223372036854775807);
    RETURN NULL;
END $$;
CREATE FUNCTION forums_search_language_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (category_id, below) VALUES (NEW.id, 9223372036854775807);
    RETURN NULL;
END $$;
CREATE TRIGGER forums_search_comments_added AFTER INSERT ON forums_comment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION forums_search_comments_added();
CREATE TRIGGER forums_search_comment_changed
    AFTER UPDATE OF body, topic_id, author_id, hidden_at, deleted_at ON forums_comment FOR EACH ROW
    WHEN ((OLD.body, OLD.topic_id, OLD.author_id, OLD.hidden_at, OLD.deleted_at)
          IS DISTINCT FROM (NEW.body, NEW.topic_id, NEW.author_id, NEW.hidden_at, NEW.deleted_at))
    EXECUTE FUNCTION forums_search_comment_changed();
CREATE TRIGGER forums_search_title_changed AFTER UPDATE OF title ON forums_topic FOR EACH ROW
    WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION forums_search_title_changed();
CREATE TRIGGER forums_search_topic_changed AFTER UPDATE OF category_id, hidden_at ON forums_topic FOR EACH ROW
    WHEN (OLD.category_id IS DISTINCT FROM NEW.category_id OR (OLD.hidden_at IS NULL) <> (NEW.hidden_at IS NULL))
    EXECUTE FUNCTION forums_search_topic_changed();
CREATE TRIGGER forums_search_language_changed AFTER UPDATE OF search_language ON forums_category FOR EACH ROW
    WHEN (OLD.search_language IS DISTINCT FROM NEW.search_language)
    EXECUTE FUNCTION forums_search_language_changed();

CREATE TRIGGER forums_search_tags_changed AFTER UPDATE OF tags ON forums_topic FOR EACH ROW
    WHEN (OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION forums_search_topic_changed();
"""
"""Note which search entries must be written again. Votes cost nothing: no trigger names their columns."""

RULES = [
    ("Attacks", "Argue about what was said, not about who said it. No insults, threats, or campaigns against a member."),
    ("Hate", "Nobody is belittled here for where they come from, what they believe, whom they love or how they live."),
    ("Private matters", "Addresses, telephone numbers, pictures and secrets of others are theirs to publish, not yours."),
    ("Spam", "No advertising, no chains of links, no accounts that exist to sell something or to lead elsewhere."),
    ("Off topic", "Stay with what a topic is about. What leads elsewhere deserves a topic of its own, in its category."),
]  # fmt: skip


def begin(apps, schema_editor):
    Rule = apps.get_model("forums", "Rule")
    Rule.objects.bulk_create(
        Rule(position=position, title=title, text=text)
        for position, (title, text) in enumerate(RULES, start=1)
    )
    # Django makes permissions only once all migrations have run, and finds this one there then.
    topics, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="forums", model="topic"
    )
    moderate, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=topics, codename="moderate", defaults={"name": "May moderate the forum"}
    )
    moderators, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Moderators")
    moderators.permissions.add(moderate)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("forums", "0001_initial"),
        ("forums", "0002_room_for_updates"),
        ("forums", "0003_what_changed_in_which_version"),
        ("forums", "0004_slow_mode"),
        ("forums", "0005_moderation"),
        ("forums", "0006_moderation_begins"),
        ("forums", "0007_watches_and_notifications"),
        ("forums", "0008_debates"),
        ("forums", "0009_rearranged"),
        ("forums", "0010_held_and_filters"),
        ("forums", "0011_appeals_and_statements"),
        ("forums", "0012_counted_by_the_day"),
        ("forums", "0013_mail"),
        ("forums", "0014_news_of_comments"),
        ("forums", "0015_names_and_help_texts"),
        ("forums", "0016_moderation_names_and_help_texts"),
        ("forums", "0017_standard_names"),
        ("forums", "0018_standard_field_names"),
        ("forums", "0019_words_of_comments"),
        ("forums", "0020_slugs_in_all_scripts"),
        ("forums", "0021_drafts_by_token"),
        ("forums", "0022_front_page"),
        ("forums", "0023_mentions_by_id"),
        ("forums", "0024_outgoing_mails"),
        ("forums", "0025_background_acts"),
        ("forums", "0026_old_addresses"),
        ("forums", "0027_pictures"),
        ("forums", "0028_link_previews"),
        ("forums", "0029_opened_notifications"),
        ("forums", "0030_votes_by_side"),
        ("forums", "0031_bridging_order"),
        ("forums", "0032_search_entries"),
        ("forums", "0033_outcomes"),
        ("forums", "0034_records"),
        ("forums", "0035_tags"),
        ("forums", "0036_tags_of_topics"),
        ("forums", "0037_topics_without_words"),
        ("forums", "0038_comments_without_words"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrontPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "heading",
                    models.CharField(
                        default="What we are talking about",
                        help_text="Above the list of topics.",
                        max_length=80,
                    ),
                ),
                (
                    "welcome",
                    models.TextField(
                        blank=True,
                        default="**Welcome.** Here people discuss, vote and debate. Everyone can read. Members can also write, vote in polls, and be notified of replies.",
                        help_text="Markdown. Visitors who are not signed in read it above the heading: what this place is, and for whom. Leave it empty to show nothing.",
                        max_length=4000,
                    ),
                ),
            ],
            options={
                "verbose_name": "front page",
                "verbose_name_plural": "front page",
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Its number on the rules page."),
                ),
                (
                    "title",
                    models.CharField(
                        help_text='A few words that can follow "Hidden by a moderator:".', max_length=80
                    ),
                ),
                ("text", models.TextField(max_length=2000)),
                (
                    "statement_category",
                    models.CharField(
                        choices=[
                            ("STATEMENT_CATEGORY_ANIMAL_WELFARE", "Animal welfare"),
                            ("STATEMENT_CATEGORY_CONSUMER_INFORMATION", "Consumer information"),
                            ("STATEMENT_CATEGORY_CYBER_VIOLENCE", "Cyber violence"),
                            (
                                "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
                                "Cyber violence against women",
                            ),
                            (
                                "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
                                "Data protection and privacy",
                            ),
                            ("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "Illegal or harmful speech"),
                            (
                                "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
                                "Intellectual property",
                            ),
                            (
                                "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
                                "Civic discourse or elections",
                            ),
                            ("STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "Protection of minors"),
                            ("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", "Public security"),
                            ("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "Scams and fraud"),
                            ("STATEMENT_CATEGORY_SELF_HARM", "Self-harm"),
                            (
                                "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
                                "Unsafe or prohibited products",
                            ),
                            ("STATEMENT_CATEGORY_VIOLENCE", "Violence"),
                            ("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "Other violation of the terms"),
                        ],
                        default="STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
                        help_text="Its category in the EU's DSA Transparency Database; used by export_moderation.",
                        max_length=80,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Topics get a new name, too. The old one becomes a synonym, so its address leads here.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "synonym_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="Topics get that tag instead, also those that have this one now.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="synonyms",
                        to="forums.tag",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="forums.category",
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("slug", models.SlugField(allow_unicode=True, max_length=60, unique=True)),
                ("description", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("slate", "Slate"),
                            ("red", "Red"),
                            ("orange", "Orange"),
                            ("amber", "Amber"),
                            ("olive", "Olive"),
                            ("green", "Green"),
                            ("teal", "Teal"),
                            ("sky", "Sky"),
                            ("blue", "Blue"),
                            ("violet", "Violet"),
                            ("plum", "Plum"),
                            ("pink", "Pink"),
                        ],
                        default="slate",
                        max_length=8,
                    ),
                ),
                (
                    "see_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "post_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "reply_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "moderator_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, size=None
                    ),
                ),
                (
                    "search_language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("arabic", "Arabic"),
                            ("armenian", "Armenian"),
                            ("basque", "Basque"),
                            ("catalan", "Catalan"),
                            ("danish", "Danish"),
                            ("dutch", "Dutch"),
                            ("english", "English"),
                            ("finnish", "Finnish"),
                            ("french", "French"),
                            ("german", "German"),
                            ("greek", "Greek"),
                            ("hindi", "Hindi"),
                            ("hungarian", "Hungarian"),
                            ("indonesian", "Indonesian"),
                            ("irish", "Irish"),
                            ("italian", "Italian"),
                            ("lithuanian", "Lithuanian"),
                            ("nepali", "Nepali"),
                            ("norwegian", "Norwegian"),
                            ("portuguese", "Portuguese"),
                            ("romanian", "Romanian"),
                            ("russian", "Russian"),
                            ("serbian", "Serbian"),
                            ("simple", "Simple"),
                            ("spanish", "Spanish"),
                            ("swedish", "Swedish"),
                            ("tamil", "Tamil"),
                            ("turkish", "Turkish"),
                            ("yiddish", "Yiddish"),
                        ],
                        db_default="",
                        default="",
                        help_text="Search finds words in all their forms. Empty: the language of the site.",
                        max_length=12,
                        verbose_name="language of its texts",
                    ),
                ),
                (
                    "tagging",
                    models.CharField(
                        choices=[
                            ("any", "Any that exists, or new ones"),
                            ("listed", "Only those in the list"),
                            ("none", "None"),
                        ],
                        db_default="any",
                        default="any",
                        max_length=6,
                        verbose_name="tags of its topics",
                    ),
                ),
                (
                    "listed_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "new_tags_from",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "New"), (1, "Member"), (2, "Regular"), (9, "Moderators only")],
                        db_default=1,
                        default=1,
                        help_text="From which trust on, where any tags are allowed.",
                        verbose_name="who may create tags",
                    ),
                ),
                (
                    "required_tags",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(5)],
                        verbose_name="tags that a topic needs at least",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="SearchUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("comment_id", models.BigIntegerField(null=True)),
                ("topic_id", models.BigIntegerField(null=True)),
                ("category_id", models.BigIntegerField(null=True)),
                (
                    "below",
                    models.BigIntegerField(
                        help_text="Of several comments, those with lower ids are still to be done.", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BackgroundAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="What is done, as in forums.moderation.long_acts.", max_length=20
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("arguments", models.JSONField()),
                ("key", models.CharField(help_text="A digest of the columns above.", max_length=64)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("total", models.PositiveIntegerField(help_text="The comments that it will change.")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "words",
                    models.TextField(blank=True, help_text="The result, or why it failed, as a sentence."),
                ),
                (
                    "address",
                    models.CharField(blank=True, help_text="A page that shows the result.", max_length=200),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("failed_at", None), ("finished_at", None)),
                        fields=("key",),
                        name="background_act_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Filter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lines",
                    models.TextField(
                        help_text="One word or phrase per line. Capital and small letters are the same.",
                        max_length=20000,
                        verbose_name="words",
                    ),
                ),
                (
                    "is_pattern",
                    models.BooleanField(
                        default=False,
                        help_text="Each line is a regular expression in RE2 syntax (no look-ahead).",
                        verbose_name="patterns",
                    ),
                ),
                (
                    "does",
                    models.CharField(
                        choices=[
                            ("block", "refuse the text and name the words"),
                            ("hold", "publish it only after a moderator approves it"),
                            ("flag", "publish it and add it to the moderation queue"),
                            ("replace", "publish it with the words replaced"),
                        ],
                        default="hold",
                        max_length=8,
                    ),
                ),
                ("replacement", models.CharField(blank=True, default="***", max_length=100)),
                (
                    "whom",
                    models.CharField(
                        choices=[("all", "everybody"), ("new", "new members")],
                        default="all",
                        max_length=4,
                        verbose_name="for",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="Why this filter exists. Only moderators see it.",
                        max_length=200,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "word filter",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notifications",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BlockedPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="The SHA-256 of the file, in hexadecimal.", max_length=64, unique=True
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="forums.category",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="topics",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("slug", models.SlugField(allow_unicode=True, max_length=80)),
                ("excerpt", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.BigIntegerField(default=1)),
                ("last_seq", models.PositiveIntegerField(default=0)),
                ("last_comment_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "last_author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Readable replies, without the opening."
                    ),
                ),
                (
                    "score",
                    models.IntegerField(
                        default=0, help_text="The score of the opening: up-votes minus down-votes."
                    ),
                ),
                (
                    "panel_count",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How many panels of other apps, such as polls, it has."
                    ),
                ),
                ("pinned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pinned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "locked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "debate_from",
                    models.DateTimeField(blank=True, help_text="When its debate begins or began.", null=True),
                ),
                (
                    "debate_until",
                    models.DateTimeField(blank=True, help_text="When it ends; empty after that.", null=True),
                ),
                (
                    "decided_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When its newest outcome was given; null without an outcome.",
                        null=True,
                    ),
                ),
                (
                    "is_slow",
                    models.BooleanField(
                        default=False, help_text="It has a slow mode, of the whole topic or of a branch."
                    ),
                ),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hidden_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="forums.topic",
                    ),
                ),
                (
                    "rearranged_in",
                    models.BigIntegerField(
                        db_default=0,
                        help_text="The version in which comments were last moved from or to another topic.",
                    ),
                ),
                (
                    "moving_since",
                    models.DateTimeField(
                        help_text="Since when a task moves or hides many of its comments; nobody else changes it meanwhile.",
                        null=True,
                    ),
                ),
                (
                    "deleted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Its unanswered opening was deleted, or it was merged.",
                        null=True,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        db_default=[],
                        default=list,
                        help_text="The names of its tags, in their order.",
                        size=None,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="Its source, if it was imported.", max_length=80, null=True, unique=True
                    ),
                ),
            ],
            options={
                "permissions": [("moderate", "May moderate the forum")],
                "indexes": [
                    models.Index(fields=["-last_comment_at", "-id"], name="topic_latest"),
                    models.Index(fields=["-created_at", "-id"], name="topic_new"),
                    models.Index(fields=["-score", "-id"], name="topic_top"),
                    models.Index(
                        fields=["category", "-last_comment_at", "-id"], name="topic_category_latest"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["tags"], name="topic_tags"
                    ),
                    models.Index(
                        condition=models.Q(("pinned_at__isnull", False)),
                        fields=["pinned_at"],
                        name="topic_pinned",
                    ),
                    models.Index(
                        condition=models.Q(("comment_count", 0), ("locked_at", None)),
                        fields=["-created_at", "-id"],
                        name="topic_unanswered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="forums.topic"
                    ),
                ),
                ("baseline_seq", models.PositiveIntegerField()),
                ("latest_seq", models.PositiveIntegerField()),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "topic"), name="visit_once")],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("seq", models.PositiveIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("poll", "poll"), ("debate", "debate"), ("outcome", "outcome")], max_length=8
                    ),
                ),
                ("number", models.BigIntegerField(help_text="The id of what it records.")),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="forums.topic"
                    ),
                ),
                ("address", models.CharField(db_index=True, max_length=100)),
                ("made_at", models.DateTimeField()),
                ("previous", models.CharField(max_length=64)),
                ("content_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "content",
                    models.TextField(help_text="Canonical JSON (forums/models/records/canonical.py)."),
                ),
            ],
            options={
                "ordering": ["seq"],
                "constraints": [models.UniqueConstraint(fields=("kind", "number"), name="record_once")],
            },
        ),
        migrations.CreateModel(
            name="PendingRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("poll", "poll"), ("debate", "debate"), ("outcome", "outcome")], max_length=8
                    ),
                ),
                ("number", models.BigIntegerField()),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forums.topic"
                    ),
                ),
                ("address", models.CharField(max_length=100)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="pending_record_once")
                ],
            },
        ),
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
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="forums.topic",
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
                ("decision", models.TextField()),
                ("decision_html", models.TextField()),
                ("carried_by", models.CharField(blank=True, max_length=200)),
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
                ("review_on", models.DateField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outcomes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="The number of lines of its log."),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="outcome_new"),
                    models.Index(
                        condition=models.Q(
                            ("reminded_at", None), ("review_on__isnull", False), ("withdrawn_at", None)
                        ),
                        fields=["review_on"],
                        name="outcome_to_remind",
                    ),
                ],
            },
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
                (
                    "outcome",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="forums.outcome",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                (
                    "carrier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("review_on", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "change of an outcome",
                "verbose_name_plural": "changes of outcomes",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Debate",
            fields=[
                (
                    "topic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="debate",
                        serialize=False,
                        to="forums.topic",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "question",
                    models.CharField(
                        blank=True, help_text="Pinned above the discussion; plain text.", max_length=200
                    ),
                ),
                (
                    "announced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("announced_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "revision",
                    models.PositiveIntegerField(default=0, help_text="Changes of its times; for calendars."),
                ),
                ("warned_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        help_text="Empty: the clock.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "summary",
                    models.JSONField(
                        help_text="Its figures at the end (`forums.models.debates.debate_figures`).",
                        null=True,
                    ),
                ),
                (
                    "outcome",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="debate",
                        to="forums.outcome",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["starts_at"], name="debate_coming"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="debate_begins_first"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("summary", None)),
                            models.Q(
                                models.Q(("ended_at", None), _negated=True),
                                models.Q(("summary", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="debate_ended_summed_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Side",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "debate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to="forums.debate",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stand",
                    models.CharField(
                        choices=[("for", "For"), ("undecided", "Undecided"), ("against", "Against")],
                        max_length=9,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("changed_in", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("debate", "member"), name="side_once")],
            },
        ),
        migrations.CreateModel(
            name="SideChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "debate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="side_changes",
                        to="forums.debate",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stand",
                    models.CharField(
                        choices=[("for", "For"), ("undecided", "Undecided"), ("against", "Against")],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "change of side",
                "verbose_name_plural": "changes of side",
                "indexes": [models.Index(fields=["debate", "at"], name="side_change_course")],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "debate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="forums.debate",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("debate", "member"), name="reminder_once")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="forums.topic",
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                (
                    "parent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="forums.comment",
                    ),
                ),
                ("depth", models.PositiveIntegerField()),
                ("path", models.TextField(db_collation="C")),
                ("descendants", models.PositiveIntegerField(default=0)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("body", models.TextField()),
                ("body_html", models.TextField()),
                ("token", models.UUIDField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_in", models.BigIntegerField(db_default=0)),
                ("written_in", models.BigIntegerField(db_default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("hidden_at", models.DateTimeField(null=True)),
                (
                    "hidden_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ups", models.PositiveIntegerField(default=0)),
                ("downs", models.PositiveIntegerField(default=0)),
                (
                    "score",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("ups"), "-", models.F("downs")
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
                (
                    "best",
                    models.GeneratedField(
                        db_persist=True,
                        expression=forums.models.discussion.scores.WilsonLowerBound(),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "controversy",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(("ups", 0), ("downs", 0), _connector="OR"), then=models.Value(0.0)
                            ),
                            default=django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("ups"), "+", models.F("downs")
                                        ),
                                        "*",
                                        models.Value(1.0),
                                    ),
                                    "*",
                                    django.db.models.functions.comparison.Least("ups", "downs"),
                                ),
                                "/",
                                django.db.models.functions.comparison.Greatest("ups", "downs"),
                            ),
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                ("for_ups", models.IntegerField(db_default=0, default=0)),
                ("for_downs", models.IntegerField(db_default=0, default=0)),
                ("against_ups", models.IntegerField(db_default=0, default=0)),
                ("against_downs", models.IntegerField(db_default=0, default=0)),
                ("bridging", models.FloatField(db_default=0, default=0)),
                (
                    "persuaded",
                    models.IntegerField(
                        db_default=0,
                        default=0,
                        help_text="Members who say that it moved them to another side of its debate.",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created_at"], name="comment_days"
                    ),
                    models.Index(
                        models.F("topic"),
                        django.db.models.functions.text.Left("path", 2000),
                        name="comment_tree",
                    ),
                    models.Index(fields=["parent", "seq"], name="comment_children"),
                    models.Index(
                        models.F("parent"),
                        models.OrderBy(models.F("best"), descending=True),
                        models.F("seq"),
                        name="comment_best",
                    ),
                    models.Index(
                        models.F("parent"),
                        models.OrderBy(models.F("score"), descending=True),
                        models.F("seq"),
                        name="comment_top",
                    ),
                    models.Index(
                        models.F("parent"),
                        models.OrderBy(models.F("controversy"), descending=True),
                        models.F("seq"),
                        name="comment_controversial",
                    ),
                    models.Index(
                        models.F("parent"),
                        models.OrderBy(models.F("bridging"), descending=True),
                        models.F("seq"),
                        name="comment_bridging",
                    ),
                    models.Index(fields=["author", "-created_at"], name="comment_author"),
                    models.Index(
                        condition=models.Q(("changed_in__gt", 0)),
                        fields=["topic", "changed_in", "seq"],
                        name="comment_changes",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("topic", "seq"), name="comment_seq_once"),
                    models.UniqueConstraint(fields=("author", "token"), name="comment_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parent__isnull", True), ("seq", 1)),
                            models.Q(("parent__isnull", False), ("seq__gt", 1)),
                            _connector="OR",
                        ),
                        name="comment_opening_alone_has_no_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="forums.topic",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="forums.comment",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="forums.category",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="forums.tag",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("watching", "Watching"), ("following", "Following"), ("muted", "Muted")],
                        max_length=9,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "watches",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("topic__isnull", False)),
                        fields=("topic", "member"),
                        name="watch_topic_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("comment__isnull", False)),
                        fields=("comment", "member"),
                        name="watch_comment_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("category__isnull", False)),
                        fields=("category", "member"),
                        name="watch_category_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tag__isnull", False)),
                        fields=("tag", "member"),
                        name="watch_tag_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("category__isnull", True),
                                ("comment__isnull", True),
                                ("tag__isnull", True),
                                ("topic__isnull", False),
                            ),
                            models.Q(
                                ("category__isnull", True),
                                ("comment__isnull", False),
                                ("tag__isnull", True),
                                ("topic__isnull", True),
                            ),
                            models.Q(
                                ("category__isnull", False),
                                ("comment__isnull", True),
                                ("tag__isnull", True),
                                ("topic__isnull", True),
                            ),
                            models.Q(
                                ("category__isnull", True),
                                ("comment__isnull", True),
                                ("tag__isnull", False),
                                ("topic__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="watch_one_target",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkPreview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="previews",
                        to="forums.comment",
                    ),
                ),
                ("address", models.CharField(max_length=2000)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("site", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("ready", "Ready"),
                            ("nothing", "Nothing"),
                            ("removed", "Removed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["id"], name="link_preview_pending"
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")), fields=["address"], name="link_preview_ready"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("comment", "address"), name="link_preview_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=forums.models.pictures.picture.new_key, max_length=22, unique=True
                    ),
                ),
                (
                    "folder",
                    models.CharField(default=forums.models.pictures.picture.new_folder, max_length=80),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pictures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pictures",
                        to="forums.comment",
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, help_text="Its address on another site.", max_length=2000),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, help_text="The SHA-256 of the file that was received.", max_length=64
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "is being prepared"),
                            ("ready", "can be shown"),
                            ("refused", "cannot be shown"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, help_text="Why it cannot be shown.", max_length=200),
                ),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                (
                    "widths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        default=list,
                        help_text="Of its files, ascending.",
                        size=None,
                    ),
                ),
                (
                    "has_avif",
                    models.BooleanField(
                        default=False, help_text="The smaller files exist as AVIF, too, not only as WebP."
                    ),
                ),
                ("size", models.PositiveIntegerField(default=0, help_text="Bytes of all its files.")),
                (
                    "fetched_at",
                    models.DateTimeField(help_text="When it was read from its address.", null=True),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["id"], name="picture_pending"
                    ),
                    models.Index(
                        condition=models.Q(("comment", None)),
                        fields=["created_at"],
                        name="picture_without_comment",
                    ),
                    models.Index(fields=["owner", "created_at"], name="picture_owner"),
                    models.Index(
                        condition=models.Q(("fetched_at__isnull", False), ("state", "ready")),
                        fields=["source"],
                        name="picture_fetched",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        fields=("comment", "source"),
                        name="picture_source_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment_added", "Comment Added"),
                            ("mentions_added", "Mentions Added"),
                            ("members_told", "Members Notified"),
                            ("sight_changed", "Visibility Changed"),
                            ("comment_seen", "Comment Seen"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.topic",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.comment",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SlowMode",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slow_modes",
                        to="forums.topic",
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        help_text="Empty: the whole topic.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.comment",
                    ),
                ),
                ("seconds", models.PositiveIntegerField()),
                (
                    "scope",
                    models.CharField(
                        choices=[("member", "in the whole topic"), ("branch", "in each branch")],
                        default="member",
                        max_length=6,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("topic", "branch"), name="slow_mode_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token", models.UUIDField()),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="forums.topic",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="forums.comment",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forums.category",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "tags",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="As they were typed.", max_length=300
                    ),
                ),
                ("body", models.TextField(blank=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "token"), name="draft_token_once")],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="votes", to="forums.comment"
                    ),
                ),
                ("value", models.SmallIntegerField()),
                ("side", models.CharField(blank=True, db_default="", default="", max_length=9)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "comment"), name="vote_once"),
                    models.CheckConstraint(
                        condition=models.Q(("value__in", [1, -1])), name="vote_up_or_down"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment_added", "New where you watch"),
                            ("topic_opened", "New topic where you watch"),
                            ("mentioned", "Mentioned you"),
                            ("quoted", "Quoted you"),
                            ("replied", "Replied to you"),
                            ("opened", "Opened where you watch"),
                            ("moderated", "A moderator's act"),
                            ("ended", "Something of yours has ended"),
                            ("reminded", "A reminder"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.topic",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.comment",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("once", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("is_withdrawn", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(null=True)),
                ("emailed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_withdrawn", False), ("read_at", None)),
                        fields=["member", "topic"],
                        name="notification_unread",
                    ),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["topic"], name="notification_topic"
                    ),
                    models.Index(fields=["comment"], name="notification_comment"),
                    models.Index(
                        condition=models.Q(
                            ("due_at__isnull", False),
                            ("emailed_at", None),
                            ("is_withdrawn", False),
                            ("read_at", None),
                        ),
                        fields=["due_at"],
                        name="notification_due",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("member", "once"), name="notification_once")],
            },
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
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persuasions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "comment"), name="persuasion_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="forums.comment",
                    ),
                ),
                ("body", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "replaced_by",
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
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=80)),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_addresses",
                        to="forums.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_addresses",
                        to="forums.category",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "old addresses",
                "constraints": [
                    models.UniqueConstraint(fields=("host", "key"), name="one_page_per_old_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=120, unique=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="origins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="origins",
                        to="forums.category",
                    ),
                ),
                (
                    "comment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="origin",
                        to="forums.comment",
                    ),
                ),
                ("ups", models.PositiveIntegerField(default=0)),
                ("downs", models.PositiveIntegerField(default=0)),
                ("for_ups", models.IntegerField(db_default=0, default=0)),
                ("for_downs", models.IntegerField(db_default=0, default=0)),
                ("against_ups", models.IntegerField(db_default=0, default=0)),
                ("against_downs", models.IntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "import source",
            },
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookmarks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookmarks",
                        to="forums.comment",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "comment"), name="bookmark_once")],
            },
        ),
        migrations.CreateModel(
            name="Collapse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collapses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collapses",
                        to="forums.comment",
                    ),
                ),
            ],
            options={
                "verbose_name": "collapsed branch",
                "verbose_name_plural": "collapsed branches",
                "constraints": [models.UniqueConstraint(fields=("member", "comment"), name="collapse_once")],
            },
        ),
        migrations.CreateModel(
            name="RecordText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="forums.record",
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                ("salt", models.CharField(max_length=32)),
                ("text", models.TextField()),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="record_texts",
                        to="forums.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="record_texts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "text in a record",
                "verbose_name_plural": "texts in records",
                "constraints": [models.UniqueConstraint(fields=("record", "hash"), name="record_text_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="forums.comment",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("has_picture", models.BooleanField(default=False)),
                ("has_poll", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["words"], name="search_words")],
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("administrator", "an administrator"),
                            ("moderator", "a moderator"),
                            ("category_moderator", "a moderator of the category"),
                            ("trusted_reports", "reports of trusted members"),
                            ("automatic", "the site, automatically"),
                        ],
                        max_length=20,
                    ),
                ),
                ("verb", models.CharField(choices=forums.access.acts.choices, max_length=24)),
                (
                    "topic",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="actions",
                        to="forums.topic",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="actions",
                        to="forums.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="forums.category",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        help_text="The item in plain words; never a title or a name.", max_length=80
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forums.rule",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=1000)),
                ("until", models.DateTimeField(null=True)),
                ("facts", models.JSONField(default=dict)),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undoing",
                        to="forums.action",
                    ),
                ),
                ("is_automated", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "act of moderation",
                "verbose_name_plural": "acts of moderation",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="action_log"),
                    models.Index(fields=["verb", "-at", "-id"], name="action_verb"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="forums.action",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appeals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("words", models.TextField(max_length=1000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided",
                        to="forums.action",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at", None)),
                        fields=["created_at", "id"],
                        name="appeal_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("action", "by"), name="appeal_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decision", None)),
                            models.Q(("decided_at__isnull", False), ("decision__isnull", False)),
                            _connector="OR",
                        ),
                        name="appeal_decided_by_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingPost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_posts",
                        to="forums.category",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_posts",
                        to="forums.topic",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_posts",
                        to="forums.comment",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), db_default=[], default=list, size=None
                    ),
                ),
                ("body", models.TextField()),
                ("token", models.UUIDField()),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("first", "a moderator reads the first posts of new members before they appear"),
                            ("links", "a moderator reads links by new members before they appear"),
                            ("words", "it contains words that a moderator checks before they appear"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "matched",
                    models.CharField(
                        blank=True, help_text="The matched words; only moderators see them.", max_length=200
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forums.action",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forums.comment",
                    ),
                ),
                (
                    "resent_at",
                    models.DateTimeField(
                        help_text="The time when its author edited it and sent it again.", null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "pending post",
                "constraints": [
                    models.UniqueConstraint(fields=("author", "token"), name="pending_post_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category__isnull", False), ("parent", None), ("topic", None)),
                            models.Q(("category", None), ("parent__isnull", False), ("topic__isnull", False)),
                            _connector="OR",
                        ),
                        name="pending_post_reply_or_topic",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="forums.comment",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="forums.topic",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss_about",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pending_post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="forums.pendingpost",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("reported", "reported"),
                            ("held", "waiting for approval"),
                            ("filtered", "caught by a filter"),
                        ],
                        default="reported",
                        max_length=8,
                    ),
                ),
                (
                    "found",
                    models.CharField(
                        blank=True, help_text="The words that a filter has matched.", max_length=200
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reports_count", models.PositiveIntegerField(default=0)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_cases",
                        to="forums.action",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["opened_at", "id"],
                        name="case_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("comment__isnull", False),
                                ("member__isnull", True),
                                ("pending_post__isnull", True),
                                ("topic__isnull", True),
                            ),
                            models.Q(
                                ("comment__isnull", True),
                                ("member__isnull", True),
                                ("pending_post__isnull", True),
                                ("topic__isnull", False),
                            ),
                            models.Q(
                                ("comment__isnull", True),
                                ("member__isnull", False),
                                ("pending_post__isnull", True),
                                ("topic__isnull", True),
                            ),
                            models.Q(
                                ("comment__isnull", True),
                                ("member__isnull", True),
                                ("pending_post__isnull", False),
                                ("topic__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="case_about_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("outcome", None)),
                            models.Q(("closed_at__isnull", False), ("outcome__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_closed_by_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("comment",),
                        name="case_open_comment_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("topic",),
                        name="case_open_topic_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("member",),
                        name="case_open_member_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("pending_post",),
                        name="case_open_pending_post_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="forums.comment",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="forums.topic",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss_about",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="forums.case"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forums.rule"
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000)),
                (
                    "was_trusted",
                    models.BooleanField(
                        default=False, help_text="Whether the member was trusted at that time."
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["by", "-created_at", "-id"], name="report_own"),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created_at"], name="report_days"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("comment__isnull", False), ("member__isnull", True), ("topic__isnull", True)
                            ),
                            models.Q(
                                ("comment__isnull", True), ("member__isnull", True), ("topic__isnull", False)
                            ),
                            models.Q(
                                ("comment__isnull", True), ("member__isnull", False), ("topic__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="report_about_one",
                    ),
                    models.UniqueConstraint(fields=("by", "comment"), name="report_comment_once"),
                    models.UniqueConstraint(fields=("by", "topic"), name="report_topic_once"),
                    models.UniqueConstraint(fields=("by", "member"), name="report_member_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="topic",
            name="accepted",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="forums.comment",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="hidden_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hidden_topics",
                to="forums.action",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="split_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="forums.comment"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="hidden_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hidden_comments",
                to="forums.action",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="removed_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="removed_comments",
                to="forums.action",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="locked_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="locked_branches",
                to="forums.action",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("hidden_in__isnull", False)),
                fields=["hidden_in"],
                name="comment_hidden_in",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("removed_in__isnull", False)),
                fields=["removed_in"],
                name="comment_removed_in",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("locked_in__isnull", False)),
                fields=["topic"],
                name="comment_locked_branches",
            ),
        ),
        migrations.AddField(
            model_name="action",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="forums.case",
            ),
        ),
        # A reply counts itself on all its ancestors. With room on the same page, that touches no index.
        migrations.RunSQL("ALTER TABLE forums_comment SET (fillfactor = 80)", migrations.RunSQL.noop),
        migrations.RunSQL(LOG_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
