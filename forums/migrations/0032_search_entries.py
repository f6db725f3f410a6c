"""A table for the words of each comment, empty at first, and triggers that say which entries have to be written.

The last row that this inserts asks for the entries of all comments. A task writes them in batches while the site runs
(`forums.search.index`). The release after this one drops the column `forums_comment.words` and the index `topic_words`,
from which the previous release still reads.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# For all rows of an INSERT at once. For an UPDATE Postgres looks at the trigger only if it names one of the columns,
# so votes cost nothing.
TRIGGERS = """
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
INSERT INTO forums_searchupdate (below) VALUES (9223372036854775807);
"""
TABLES = {
    "comments_added": "comment", "comment_changed": "comment", "title_changed": "topic", "topic_changed": "topic",
    "language_changed": "category",
}  # fmt: skip
NO_TRIGGERS = "".join(
    f"DROP TRIGGER forums_search_{name} ON forums_{table}; DROP FUNCTION forums_search_{name}();"
    for name, table in TABLES.items()
)


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0031_bridging_order"),
    ]

    operations = [
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
        migrations.AddField(
            model_name="category",
            name="search_language",
            field=models.CharField(
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
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
