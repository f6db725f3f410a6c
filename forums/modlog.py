"""The log of moderation as somebody may read it.

Everybody sees that something was done, when, in which role and for which rule. What it was done to, and the moderator's
own words about it, see those who may read that topic; who did it, if the site names its moderators; to whom, the
moderators and the one concerned.
"""

from functools import cached_property

from django.conf import settings

from forums import acts, permissions, roles
from forums.models import Action
from forums.moderation import log, undoing


class Entry:
    """An act of moderation, as `viewer` may know it. The act comes `with_context`; no query."""

    def __init__(self, action: Action, viewer):
        self.action, self.viewer = action, viewer

    @property
    def pk(self):
        return self.action.pk

    @property
    def at(self):
        return self.action.at

    @property
    def says(self) -> str:
        return self.action.says

    @property
    def rule(self):
        return self.action.rule

    @property
    def until(self):
        return self.action.until

    @cached_property
    def is_moderated(self) -> bool:
        """Does the viewer moderate there?"""
        return roles.role_of(self.viewer, self.action.category) is not None

    @cached_property
    def topic(self):
        """The topic, if the viewer may read it; None too where it is about none."""
        topic = self.action.topic
        return topic if topic is not None and permissions.may_read(self.viewer, topic) else None

    @property
    def category(self):
        category = self.action.category
        return category if category is not None and permissions.may_see(self.viewer, category) else None

    @property
    def address(self) -> str:
        """Where what it was done to can be seen; empty where it cannot."""
        if self.topic is None:
            return ""
        comment = self.action.comment
        return (comment if comment is not None else self.topic).get_absolute_url()

    @property
    def reason(self) -> str:
        """May quote what it is about, so only those who may read that read this."""
        return self.action.reason if self.is_mine or self._sees_what else ""

    @property
    def _sees_what(self) -> bool:
        """A text that waits to open a topic has only a category yet; what was done about members has neither."""
        if self.action.topic_id is not None:
            return self.topic is not None
        return self.action.category_id is None or self.category is not None

    @property
    def by(self) -> str:
        """Whose act it was: a name, or the role."""
        names = settings.NAME_MODERATORS or permissions.is_moderator(self.viewer)
        return self.action.by.username if names and self.action.by else self.action.get_role_display()

    @cached_property
    def is_mine(self) -> bool:
        return self.viewer.is_authenticated and self.action.member_id == self.viewer.pk

    @property
    def member(self):
        """Whom it concerns, for those who may know."""
        return self.action.member if self.is_moderated or self.is_mine else None

    @property
    def undone(self) -> Action | None:
        """The act that undid this one."""
        return self.action.undoing if self.action.is_undone else None

    @property
    def may_undo(self) -> bool:
        if not undoing.may_be_undone(self.action):
            return False
        return acts.may(self.viewer, self.action.act.undone_by, self.action.category)

    @property
    def is_left_to_others(self) -> bool:
        """May the viewer not undo it because it is about themselves? Two queries at most."""
        action = self.action
        return log.is_left_to_others(self.viewer, action.act.undone_by, action.member, action)


def entries(actions, viewer) -> list[Entry]:
    return [Entry(action, viewer) for action in actions]
