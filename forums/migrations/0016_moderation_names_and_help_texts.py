"""Empty since its texts stand where the fields are created. It remains because databases have noted it as applied."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0015_names_and_help_texts"),
    ]

    operations = []
