"""Links the mentions in stored comments to the ids of members.

A name that belonged to nobody when the comment was written becomes plain text: its owner of today may be a stranger.
"""

from django.db import migrations
from django.db.models.functions import Lower

from forums import markup

BATCH = 1_000


def link(apps, schema_editor):
    columns = ("body_html", "created_at", "edited_at")
    comments = apps.get_model("forums", "Comment").objects.only(*columns).order_by("pk")
    members = apps.get_model("accounts", "User").objects.annotate(lower_name=Lower("username"))
    mentioning = comments.filter(body_html__contains='" class="mention"')
    batch = list(mentioning[:BATCH])
    while batch:
        names = {name for comment in batch for name in markup.names(comment.body_html)}
        found = members.filter(lower_name__in=names).values_list("lower_name", "pk", "date_joined")
        owners = {name: (pk, joined) for name, pk, joined in found}
        for comment in batch:
            written = comment.edited_at or comment.created_at
            ids = {name: pk for name, (pk, joined) in owners.items() if joined <= written}
            comment.body_html = markup.link_names(comment.body_html, ids)
        comments.bulk_update(batch, ["body_html"])
        batch = list(mentioning.filter(pk__gt=batch[-1].pk)[:BATCH])


class Migration(migrations.Migration):
    dependencies = [("forums", "0022_front_page"), ("accounts", "0013_freed_names")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop, elidable=True)]
