"""Tags of topics. Search notices a topic's tags as it notices its category (migration 0032).

Topics and watches are not locked for long: the index of tags and the check of old watches follow in the next migration.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

TRIGGER = """
CREATE TRIGGER forums_search_tags_changed AFTER UPDATE OF tags ON forums_topic FOR EACH ROW
    WHEN (OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION forums_search_topic_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0034_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="watch",
            name="watch_one_thing",
        ),
        migrations.AddField(
            model_name="category",
            name="listed_tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="new_tags_from",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "New"), (1, "Member"), (2, "Regular"), (9, "Moderators only")],
                db_default=1,
                default=1,
                help_text="From which trust on, where any tags are allowed.",
                verbose_name="who may create tags",
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="required_tags",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                validators=[django.core.validators.MaxValueValidator(5)],
                verbose_name="tags that a topic needs at least",
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="tagging",
            field=models.CharField(
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
        migrations.AddField(
            model_name="draft",
            name="tags",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="As they were typed.", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="pendingpost",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                db_default=[],
                default=list,
                help_text="The names of its tags, in their order.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="synonym_of",
            field=models.ForeignKey(
                blank=True,
                help_text="Topics get that tag instead, also those that have this one now.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="synonyms",
                to="forums.tag",
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="tag",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watches",
                to="forums.tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tag__isnull", False)), fields=("tag", "member"), name="watch_tag_once"
            ),
        ),
        AddConstraintNotValid(
            model_name="watch",
            constraint=models.CheckConstraint(
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
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER forums_search_tags_changed ON forums_topic;"),
    ]
