"""Triggers that have the opening of a topic written to the search index again when the texts of its polls change."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION polls_search_options_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id)
    SELECT id FROM forums_comment
    WHERE seq = 1 AND topic_id IN (SELECT topic_id FROM polls_poll WHERE id IN (SELECT poll_id FROM added));
    RETURN NULL;
END $$;
CREATE FUNCTION polls_search_option_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forums_searchupdate (comment_id)
    SELECT id FROM forums_comment
    WHERE seq = 1 AND topic_id = (SELECT topic_id FROM polls_poll WHERE id = NEW.poll_id);
    RETURN NULL;
END $$;
CREATE TRIGGER polls_search_options_added AFTER INSERT ON polls_option
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION polls_search_options_added();
CREATE TRIGGER polls_search_option_changed AFTER UPDATE OF wording ON polls_option
    FOR EACH ROW EXECUTE FUNCTION polls_search_option_changed();
"""
NO_TRIGGERS = """
DROP TRIGGER polls_search_options_added ON polls_option;
DROP TRIGGER polls_search_option_changed ON polls_option;
DROP FUNCTION polls_search_options_added();
DROP FUNCTION polls_search_option_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("polls", "0007_reminders"), ("forums", "0032_search_entries")]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
