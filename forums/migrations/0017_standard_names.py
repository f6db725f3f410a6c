"""Gives three models the names that their code has: outbox events, outgoing mail and pending posts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forums", "0016_moderation_names_and_help_texts")]

    operations = [
        migrations.RenameModel("News", "OutboxEvent"),
        migrations.RenameModel("Letter", "OutgoingMail"),
        migrations.RenameModel("Held", "PendingPost"),
        migrations.AlterModelOptions(
            name="outboxevent",
            options={},
        ),
        migrations.AlterModelOptions(
            name="pendingpost",
            options={"verbose_name": "pending post"},
        ),
        migrations.AlterModelOptions(
            name="sidechange",
            options={"verbose_name": "change of side", "verbose_name_plural": "changes of side"},
        ),
    ]
