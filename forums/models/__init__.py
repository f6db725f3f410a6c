"""The models of the discussion, one per file."""

from forums.models.action import Action
from forums.models.appeal import Appeal
from forums.models.bookmark import Bookmark
from forums.models.case import Case
from forums.models.category import Category
from forums.models.collapse import Collapse
from forums.models.comment import Comment
from forums.models.debate import Debate
from forums.models.draft import Draft
from forums.models.filter import Filter
from forums.models.held import Held
from forums.models.letter import Letter
from forums.models.news import News
from forums.models.notification import Notification
from forums.models.origin import Origin
from forums.models.reminder import Reminder
from forums.models.report import Report
from forums.models.revision import Revision
from forums.models.rule import Rule
from forums.models.side import Side, SideChange
from forums.models.slow_mode import SlowMode
from forums.models.topic import Topic
from forums.models.visit import Visit
from forums.models.vote import Vote
from forums.models.watch import Watch

__all__ = [
    "Action",
    "Appeal",
    "Bookmark",
    "Case",
    "Category",
    "Collapse",
    "Comment",
    "Debate",
    "Draft",
    "Filter",
    "Held",
    "Letter",
    "News",
    "Notification",
    "Origin",
    "Reminder",
    "Report",
    "Revision",
    "Rule",
    "Side",
    "SideChange",
    "SlowMode",
    "Topic",
    "Visit",
    "Vote",
    "Watch",
]
