"""Empty since its texts stand where the fields are created. It remains because databases have noted it as applied."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0002_log_is_append_only"),
    ]

    operations = []
