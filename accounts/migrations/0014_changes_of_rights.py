"""Notifies of each change of a member's rights, whether it comes from the admin, a command, a shell or plain SQL.

The payload is the member's id, or empty if the change concerns all members of a group. Socket processes listen
(forums/live/connections/rights_listener.py).
"""

from django.db import migrations

NOTIFY = """
CREATE FUNCTION accounts_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', COALESCE(NEW.user_id, OLD.user_id)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON accounts_user_groups
    FOR EACH ROW EXECUTE FUNCTION accounts_rights_changed();
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON accounts_user_user_permissions
    FOR EACH ROW EXECUTE FUNCTION accounts_rights_changed();

CREATE FUNCTION accounts_member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed
    AFTER UPDATE OF is_active, is_superuser, suspended_at, suspended_until ON accounts_user
    FOR EACH ROW
    WHEN ((OLD.is_active, OLD.is_superuser, OLD.suspended_at, OLD.suspended_until)
          IS DISTINCT FROM (NEW.is_active, NEW.is_superuser, NEW.suspended_at, NEW.suspended_until))
    EXECUTE FUNCTION accounts_member_changed();

CREATE FUNCTION accounts_group_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights_changed', '');
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rights_changed AFTER INSERT OR UPDATE OR DELETE ON auth_group_permissions
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_group_changed();
"""
DO_NOT = """
DROP TRIGGER accounts_rights_changed ON accounts_user_groups;
DROP TRIGGER accounts_rights_changed ON accounts_user_user_permissions;
DROP TRIGGER accounts_rights_changed ON accounts_user;
DROP TRIGGER accounts_rights_changed ON auth_group_permissions;
DROP FUNCTION accounts_rights_changed();
DROP FUNCTION accounts_member_changed();
DROP FUNCTION accounts_group_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_freed_names"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunSQL(NOTIFY, DO_NOT)]
