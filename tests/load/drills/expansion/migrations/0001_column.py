from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("ALTER TABLE forums_comment ADD COLUMN drill integer NOT NULL DEFAULT 0"),
    ]
