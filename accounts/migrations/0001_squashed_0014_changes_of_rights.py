"""The schema of accounts after migration 0014, for new databases. CONTRIBUTING.md says how to make one."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.identity.avatars
import accounts.identity.names
import accounts.models.network
import accounts.models.skeleton_field
import accounts.models.user

RIGHTS_TRIGGERS = """
CREATE FUNCTION accounts_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', COALESCE(NEW.user_id, OLD.user_id)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON accounts_user_groups
    FOR EACH ROW EXECUTE FUNCTION accounts_rights_changed();
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON accounts_user_user_permissions
    FOR EACH ROW EXECUTE FUNCTION accounts_rights_changed();

CREATE FUNCTION accounts_member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed
    AFTER UPDATE OF is_active, is_superuser, suspended_at, suspended_until ON accounts_user
    FOR EACH ROW
    WHEN ((OLD.is_active, OLD.is_superuser, OLD.suspended_at, OLD.suspended_until)
          IS DISTINCT FROM (NEW.is_active, NEW.is_superuser, NEW.suspended_at, NEW.suspended_until))
    EXECUTE FUNCTION accounts_member_changed();

CREATE FUNCTION accounts_group_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', '');
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON auth_group_permissions
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_group_changed();
"""
"""Notify of each change of a member's rights. The payload is their id, or empty if it concerns a whole group."""


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_sanctions"),
        ("accounts", "0003_addresses_by_their_beginning"),
        ("accounts", "0004_trust"),
        ("accounts", "0005_show_presence"),
        ("accounts", "0006_days_here"),
        ("accounts", "0007_counted_by_the_day"),
        ("accounts", "0008_mail"),
        ("accounts", "0009_blocks_notes_footprints"),
        ("accounts", "0010_plain_words"),
        ("accounts", "0011_account_mail"),
        ("accounts", "0012_look_alike_names"),
        ("accounts", "0013_freed_names"),
        ("accounts", "0014_changes_of_rights"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="FreedName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("freed_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "reserved name",
            },
        ),
        migrations.CreateModel(
            name="AccountMail",
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
                ("to", models.EmailField(max_length=254)),
                ("subject", models.TextField()),
                ("text", models.TextField()),
            ],
            options={
                "verbose_name": "account mail",
                "verbose_name_plural": "account mails",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "This name is taken. Please choose another."},
                        max_length=30,
                        validators=[accounts.identity.names.validate_name],
                        verbose_name="name",
                    ),
                ),
                (
                    "skeleton",
                    accounts.models.skeleton_field.SkeletonField(
                        blank=True, default="", editable=False, max_length=210
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("bio", models.TextField(blank=True, max_length=1000, verbose_name="about me")),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=200,
                            validators=[django.core.validators.URLValidator(schemes=["https"])],
                        ),
                        blank=True,
                        default=list,
                        size=5,
                    ),
                ),
                (
                    "avatar",
                    models.FileField(
                        blank=True, editable=False, upload_to=accounts.identity.avatars.random_path
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "Like my device"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=8,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC", max_length=40, validators=[accounts.models.user.validate_time_zone]
                    ),
                ),
                (
                    "comment_sort",
                    models.CharField(
                        choices=[
                            ("best", "Best"),
                            ("new", "Newest"),
                            ("old", "Oldest"),
                            ("top", "Most votes"),
                            ("controversial", "Most debated"),
                        ],
                        default="best",
                        max_length=16,
                    ),
                ),
                (
                    "show_presence",
                    models.BooleanField(default=True, verbose_name="others see when I read or write"),
                ),
                (
                    "email_pace",
                    models.CharField(
                        choices=[
                            ("at_once", "At once, unless I have read it on the site within two minutes"),
                            ("daily", "Once a day, in the morning"),
                            ("weekly", "Once a week, on Monday morning"),
                            ("never", "Never"),
                        ],
                        db_default="at_once",
                        default="at_once",
                        max_length=8,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "email_replies",
                    models.BooleanField(default=True, verbose_name="somebody answers or quotes me"),
                ),
                ("email_mentions", models.BooleanField(default=True, verbose_name="somebody mentions me")),
                (
                    "email_watched",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="something is new where I watch"
                    ),
                ),
                (
                    "email_moderation",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="a moderator decides about me"
                    ),
                ),
                (
                    "email_events",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="polls end and debates begin"
                    ),
                ),
                (
                    "trust",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "New"), (1, "Member"), (2, "Regular")], default=0, editable=False
                    ),
                ),
                (
                    "trust_pinned_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="From then on the trust does not change by itself.",
                        null=True,
                    ),
                ),
                (
                    "trust_pinned_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "days_here",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="The number of days on which the member came."
                    ),
                ),
                (
                    "here_on",
                    models.DateField(
                        blank=True, editable=False, help_text="The last of these days, in UTC.", null=True
                    ),
                ),
                ("silenced_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("suspended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "suspended_until",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Empty for a suspended member means a permanent suspension.",
                        null=True,
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "indexes": [
                    models.Index(django.db.models.functions.text.Upper("username"), name="user_name_upper"),
                    models.Index(fields=["email"], name="user_email"),
                    models.Index(
                        fields=["skeleton"], name="user_skeleton", opclasses=["varchar_pattern_ops"]
                    ),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["date_joined"], name="user_days"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Lower("username"), name="text_pattern_ops"
                        ),
                        name="user_name_once",
                        violation_error_message="This name is taken. Please choose another.",
                    ),
                    models.UniqueConstraint(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Lower("email"), name="text_pattern_ops"
                        ),
                        condition=models.Q(("email", ""), _negated=True),
                        name="user_email_once",
                        violation_error_message="There is an account with this address already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "network",
                    accounts.models.network.NetworkField(
                        blank=True, help_text="An address or a network: 198.51.100.0/24.", null=True
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="The part after the @. Includes its subdomains.",
                        max_length=253,
                        verbose_name="e-mail domain",
                    ),
                ),
                (
                    "extent",
                    models.CharField(
                        choices=[("sign_up", "signing up"), ("posting", "signing up and posting")],
                        default="sign_up",
                        max_length=8,
                        verbose_name="refuses",
                    ),
                ),
                (
                    "reason",
                    models.CharField(help_text="For other staff. Members do not see it.", max_length=300),
                ),
                (
                    "until",
                    models.DateTimeField(
                        blank=True, help_text="Leave empty for a permanent block.", null=True
                    ),
                ),
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
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.SpGistIndex(fields=["network"], name="block_network"),
                    models.Index(
                        condition=models.Q(("domain", ""), _negated=True),
                        fields=["domain"],
                        name="block_domain",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("domain", ""), ("network__isnull", False)),
                            models.Q(models.Q(("domain", ""), _negated=True), ("network", None)),
                            _connector="OR",
                        ),
                        name="block_network_or_domain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Footprint",
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
                        related_name="footprints",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("network", accounts.models.network.NetworkField(db_index=True)),
                ("device", models.CharField(db_index=True, max_length=32)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "sign-in device",
                "constraints": [
                    models.UniqueConstraint(fields=("member", "network", "device"), name="footprint_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Ignore",
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
                        related_name="ignores",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ignored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "ignored member",
                "constraints": [
                    models.UniqueConstraint(fields=("member", "ignored"), name="ignore_once"),
                    models.CheckConstraint(
                        condition=models.Q(("member", models.F("ignored")), _negated=True),
                        name="ignore_someone_else",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
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
                        related_name="notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                ("at", models.DateTimeField(auto_now_add=True)),
                ("text", models.TextField(max_length=2000)),
            ],
            options={
                "verbose_name": "moderator note",
                "indexes": [models.Index(fields=["member", "-at"], name="note_member")],
            },
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
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sanctions",
                        to=settings.AUTH_USER_MODEL,
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
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "until",
                    models.DateTimeField(
                        blank=True, help_text="Empty means that a suspension is permanent.", null=True
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
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
        migrations.RunSQL(RIGHTS_TRIGGERS, migrations.RunSQL.noop),
    ]
