from django.db import migrations

REFUSE = """
CREATE FUNCTION polls_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the public log of a poll is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER polls_entry_append_only BEFORE UPDATE OR DELETE ON polls_entry
    FOR EACH ROW EXECUTE FUNCTION polls_refuse_rewriting();
"""
ALLOW = """
DROP TRIGGER polls_entry_append_only ON polls_entry;
DROP FUNCTION polls_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
