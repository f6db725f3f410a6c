import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Whoever had been banned stays outside; the history says what is known about it.
BANS = """
    INSERT INTO accounts_sanction (member_id, kind, rule, reason, by_id, at)
    SELECT id, 'suspension', '', 'Banned, before reasons were written down.', suspended_by_id, suspended_at
    FROM accounts_user WHERE suspended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RenameField("user", "banned_at", "suspended_at"),
        migrations.RenameField("user", "banned_by", "suspended_by"),
        migrations.AddField(
            "user",
            "suspended_until",
            models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Empty for a suspended member means a permanent suspension.",
                null=True,
            ),
        ),
        migrations.AddField(
            "user", "silenced_until", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.CreateModel(
            name="Sanction",
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
                            ("warning", "Warning"),
                            ("silence", "Silence"),
                            ("suspension", "Suspension"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True, help_text="The text of the rule at that time.", max_length=200
                    ),
                ),
                ("reason", models.TextField(max_length=2000)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "until",
                    models.DateTimeField(
                        blank=True, help_text="Empty means that a suspension is permanent.", null=True
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sanctions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["member", "-at"], name="sanction_member")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "silence"), ("until", None), _negated=True),
                        name="sanction_silence_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gt", models.F("at")), _connector="OR"),
                        name="sanction_lasts",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BANS, migrations.RunSQL.noop),
    ]
