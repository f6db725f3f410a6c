"""Finds out which forums were public. Without that, an import would publish what only the staff could read."""

from collections import defaultdict

from forums.importers.phpbb.sql import Row

TABLES = {"acl_groups", "acl_options", "acl_roles_data", "groups"}
READ = "f_read"
YES, NEVER = "1", "0"
GUESTS, REGISTERED = "GUESTS", "REGISTERED"


class Rights:
    """The forums that a group may read. A member's own rights do not count."""

    def __init__(self, tables: dict[str, list[Row]]):
        option = {row["auth_option"]: row["auth_option_id"] for row in tables["acl_options"]}.get(READ)
        roles = {
            row["role_id"]: row["auth_setting"]
            for row in tables["acl_roles_data"]
            if row["auth_option_id"] == option
        }
        names = {row["group_id"]: row["group_name"] for row in tables["groups"]}
        self._said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in tables["acl_groups"]:
            group, forum = names.get(row["group_id"]), row["forum_id"] or ""
            if row["auth_role_id"] not in (None, "0") and row["auth_role_id"] in roles:
                self._said[group or ""][forum].add(roles[row["auth_role_id"]] or "")
            elif row["auth_option_id"] == option:
                self._said[group or ""][forum].add(row["auth_setting"] or "")

    def may_read(self, group: str, forum: str) -> bool:
        said = self._said[group][forum]
        return YES in said and NEVER not in said
