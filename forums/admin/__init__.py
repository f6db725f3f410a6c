"""The admin pages of the discussion, for administrators. Members and moderators work on the site's own pages.

Imports `models` and `moderation`; start with `topics`.
"""

from forums.admin import (
    categories,
    debates,
    filters,
    front_page,
    groups,
    moderation,
    pictures,
    records,
    tags,
    topics,
)

__all__ = [
    "categories",
    "debates",
    "filters",
    "front_page",
    "groups",
    "moderation",
    "pictures",
    "records",
    "tags",
    "topics",
]
