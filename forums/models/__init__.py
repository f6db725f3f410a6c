"""The models of the discussion, one in each file, with the verbs that change them.

Imports `config`, `access`, `markup` and `live.streams`; start with `discussion.topic`.
"""

from forums.models.community.front_page import FrontPage
from forums.models.community.rule import Rule
from forums.models.community.tag import Tag
from forums.models.debates.debate import Debate
from forums.models.debates.persuasion import Persuasion
from forums.models.debates.side import Side, SideChange
from forums.models.discussion.category import Category
from forums.models.discussion.comment import Comment
from forums.models.discussion.revision import Revision
from forums.models.discussion.slow_mode import SlowMode
from forums.models.discussion.topic import Topic
from forums.models.discussion.vote import Vote
from forums.models.imported.old_address import OldAddress
from forums.models.imported.origin import Origin
from forums.models.moderation.action import Action
from forums.models.moderation.appeal import Appeal
from forums.models.moderation.background_act import BackgroundAct
from forums.models.moderation.case import Case
from forums.models.moderation.filter import Filter
from forums.models.moderation.pending_post import PendingPost
from forums.models.moderation.report import Report
from forums.models.notifications.notification import Notification
from forums.models.notifications.outbox_event import OutboxEvent
from forums.models.notifications.outgoing_mail import OutgoingMail
from forums.models.notifications.reminder import Reminder
from forums.models.outcomes.outcome import Outcome
from forums.models.outcomes.outcome_change import OutcomeChange
from forums.models.personal.bookmark import Bookmark
from forums.models.personal.collapse import Collapse
from forums.models.personal.draft import Draft
from forums.models.personal.visit import Visit
from forums.models.personal.watch import Watch
from forums.models.pictures.blocked_picture import BlockedPicture
from forums.models.pictures.link_preview import LinkPreview
from forums.models.pictures.picture import Picture
from forums.models.records.pending_record import PendingRecord
from forums.models.records.record import Record
from forums.models.records.record_text import RecordText
from forums.models.search.search_entry import SearchEntry
from forums.models.search.search_update import SearchUpdate

__all__ = [
    "Action",
    "Appeal",
    "BackgroundAct",
    "BlockedPicture",
    "Bookmark",
    "Case",
    "Category",
    "Collapse",
    "Comment",
    "Debate",
    "Draft",
    "Filter",
    "FrontPage",
    "LinkPreview",
    "Notification",
    "OldAddress",
    "Origin",
    "OutboxEvent",
    "Outcome",
    "OutcomeChange",
    "OutgoingMail",
    "PendingPost",
    "PendingRecord",
    "Persuasion",
    "Picture",
    "Record",
    "RecordText",
    "Reminder",
    "Report",
    "Revision",
    "Rule",
    "SearchEntry",
    "SearchUpdate",
    "Side",
    "SideChange",
    "SlowMode",
    "Tag",
    "Topic",
    "Visit",
    "Vote",
    "Watch",
]
