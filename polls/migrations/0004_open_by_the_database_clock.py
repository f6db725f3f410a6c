"""A poll opens by the clock of Postgres unless its form says when."""

from django.db import migrations, models

import config.engines.clock


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0003_help_texts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="poll",
            name="opens_at",
            field=models.DateTimeField(default=config.engines.clock.now),
        ),
    ]
