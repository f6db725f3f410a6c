"""Gives columns, constraints and an index the names that the code has: pending posts, removed comments, panels."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, Q

KINDS = ("comment", "topic", "member", "pending_post")


def _exactly_one() -> Q:
    conditions = [Q(**{f"{other}__isnull": other != kind for other in KINDS}) for kind in KINDS]
    return Q(*conditions, _connector=Q.OR)


def _reference(to):
    return models.ForeignKey(to, CASCADE, null=True, related_name="pending_posts")


class Migration(migrations.Migration):
    dependencies = [("forums", "0017_standard_names")]

    operations = [
        # A constraint is not renamed with a column that it names, so it is dropped and created again.
        migrations.RemoveConstraint("case", "case_about_one"),
        migrations.RemoveConstraint("case", "case_open_held_once"),
        migrations.RenameField("case", "held", "pending_post"),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=_exactly_one(), name="case_about_one")
        ),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(
                fields=["pending_post"], condition=Q(closed_at=None), name="case_open_pending_post_once"
            ),
        ),
        migrations.RemoveConstraint("pendingpost", "held_token_once"),
        migrations.RemoveConstraint("pendingpost", "held_reply_or_topic"),
        migrations.AddConstraint(
            "pendingpost",
            models.UniqueConstraint(fields=["author", "token"], name="pending_post_token_once"),
        ),
        migrations.AddConstraint(
            "pendingpost",
            models.CheckConstraint(
                condition=Q(topic=None, parent=None, category__isnull=False)
                | Q(topic__isnull=False, parent__isnull=False, category=None),
                name="pending_post_reply_or_topic",
            ),
        ),
        migrations.AlterField(
            "pendingpost",
            "author",
            models.ForeignKey(
                settings.AUTH_USER_MODEL, CASCADE, related_name="pending_posts", db_index=False
            ),
        ),
        migrations.AlterField("pendingpost", "category", _reference("forums.Category")),
        migrations.AlterField("pendingpost", "topic", _reference("forums.Topic")),
        migrations.AlterField("pendingpost", "parent", _reference("forums.Comment")),
        migrations.AlterField(
            "case",
            "why",
            models.CharField(
                max_length=8,
                choices=[
                    ("reported", "reported"),
                    ("held", "waiting for approval"),
                    ("filtered", "caught by a filter"),
                ],
                default="reported",
            ),
        ),
        # The table of comments is large, so its index is renamed instead of created again.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveIndex("comment", "comment_swept_in")]
        ),
        migrations.RenameField("comment", "swept_in", "removed_in"),
        migrations.AlterField(
            "comment",
            "removed_in",
            models.ForeignKey(
                "forums.Action", PROTECT, null=True, related_name="removed_comments", db_index=False
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    "comment",
                    models.Index(
                        fields=["removed_in"],
                        name="comment_removed_in",
                        condition=Q(removed_in__isnull=False),
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX comment_swept_in RENAME TO comment_removed_in",
                    "ALTER INDEX comment_removed_in RENAME TO comment_swept_in",
                )
            ],
        ),
        migrations.RenameField("topic", "attached", "panel_count"),
        migrations.AlterField(
            "outboxevent",
            "kind",
            models.CharField(
                max_length=20,
                choices=[
                    ("comment_added", "Comment Added"),
                    ("mentions_added", "Mentions Added"),
                    ("members_told", "Members Notified"),
                    ("sight_changed", "Visibility Changed"),
                    ("comment_seen", "Comment Seen"),
                ],
            ),
        ),
    ]
