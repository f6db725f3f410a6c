"""What a forum has from the beginning: a log that is never rewritten, a group of moderators, and some rules."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION forums_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of moderation is never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forums_action_append_only BEFORE UPDATE OR DELETE ON forums_action
    FOR EACH ROW EXECUTE FUNCTION forums_refuse_rewriting();
CREATE TRIGGER forums_action_never_emptied BEFORE TRUNCATE ON forums_action
    FOR EACH STATEMENT EXECUTE FUNCTION forums_refuse_rewriting();
"""
ALLOW = """
DROP TRIGGER forums_action_append_only ON forums_action;
DROP TRIGGER forums_action_never_emptied ON forums_action;
DROP FUNCTION forums_refuse_rewriting();
"""

RULES = [
    ("Attacks", "Argue about what was said, not about who said it. No insults, threats, or campaigns against a member."),
    ("Hate", "Nobody is belittled here for where they come from, what they believe, whom they love or how they live."),
    ("Private matters", "Addresses, telephone numbers, pictures and secrets of others are theirs to publish, not yours."),
    ("Spam", "No advertising, no chains of links, no accounts that exist to sell something or to lead elsewhere."),
    ("Off topic", "Stay with what a topic is about. What leads elsewhere deserves a topic of its own, in its category."),
]  # fmt: skip


def begin(apps, schema_editor):
    Rule = apps.get_model("forums", "Rule")
    Rule.objects.bulk_create(
        Rule(position=position, title=title, text=text)
        for position, (title, text) in enumerate(RULES, start=1)
    )
    # Django makes permissions only once all migrations have run, and finds this one there then.
    topics, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="forums", model="topic"
    )
    moderate, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=topics, codename="moderate", defaults={"name": "May moderate the forum"}
    )
    moderators, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Moderators")
    moderators.permissions.add(moderate)


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0005_moderation"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
