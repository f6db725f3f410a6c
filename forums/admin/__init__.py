"""The discussion as administrators see it; members and moderators work in the pages."""

from forums.admin import categories, topics

__all__ = ["categories", "topics"]
