from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("expansion", "0001_column")]
    operations = [
        migrations.RunSQL("CREATE INDEX CONCURRENTLY drill ON forums_comment (drill)"),
    ]
