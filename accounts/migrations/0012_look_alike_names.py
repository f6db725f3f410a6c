"""Adds to each member's row how the name looks. Names that look alike already stay."""

from django.db import migrations, models

import accounts.models.skeleton_field
from accounts.identity.skeleton import skeleton

BATCH = 2_000


def fill(apps, schema_editor):
    members = apps.get_model("accounts", "User").objects.only("username").order_by("pk")
    batch = list(members[:BATCH])
    while batch:
        for member in batch:
            member.skeleton = skeleton(member.username)
        members.bulk_update(batch, ["skeleton"])
        batch = list(members.filter(pk__gt=batch[-1].pk)[:BATCH])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_account_mail")]

    operations = [
        migrations.AddField("user", "skeleton", accounts.models.skeleton_field.SkeletonField()),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "user",
            models.Index(fields=["skeleton"], opclasses=["varchar_pattern_ops"], name="user_skeleton"),
        ),
    ]
