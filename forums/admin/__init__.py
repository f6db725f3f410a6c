"""The discussion as administrators see it; members and moderators work in the pages."""

from forums.admin import categories, debates, groups, moderation, records, topics

__all__ = ["categories", "debates", "groups", "moderation", "records", "topics"]
