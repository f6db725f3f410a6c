"""The discussion as administrators see it; members and moderators work in the pages."""

from forums.admin import categories, debates, filters, groups, moderation, records, topics

__all__ = ["categories", "debates", "filters", "groups", "moderation", "records", "topics"]
