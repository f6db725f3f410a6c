"""The nouns of the discussion, one a file."""

from forums.models.bookmark import Bookmark
from forums.models.category import Category
from forums.models.collapse import Collapse
from forums.models.comment import Comment
from forums.models.draft import Draft
from forums.models.origin import Origin
from forums.models.revision import Revision
from forums.models.slow_mode import SlowMode
from forums.models.topic import Topic
from forums.models.visit import Visit
from forums.models.vote import Vote

__all__ = [
    "Bookmark",
    "Category",
    "Collapse",
    "Comment",
    "Draft",
    "Origin",
    "Revision",
    "SlowMode",
    "Topic",
    "Visit",
    "Vote",
]
