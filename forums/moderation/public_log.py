"""The log of moderation, as far as a viewer may read it.

Everybody sees the act, its time, the role of the moderator and the rule. Only viewers who may read the topic see its
title and the moderator's reason. The moderator's name is shown if the site names its moderators. The name of the member
concerned is shown to moderators and to that member.
"""

from functools import cached_property

from django.conf import settings

from forums.access import acts, permissions, roles
from forums.models import Action
from forums.moderation import undoing
from forums.moderation.acts import log


class Entry:
    """A line of the log, as `viewer` may see it. The action is fetched `with_context`. No query."""

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
        """Whether the viewer moderates its category."""
        return roles.role_of(self.viewer, self.action.category) is not None

    @cached_property
    def topic(self):
        """The topic, or None if there is none or the viewer may not read it."""
        topic = self.action.topic
        return topic if topic is not None and permissions.may_read(self.viewer, topic) else None

    @property
    def category(self):
        category = self.action.category
        return category if category is not None and permissions.may_see(self.viewer, category) else None

    @property
    def address(self) -> str:
        """The address of the comment or topic. Empty if the viewer may not read it."""
        if self.topic is None:
            return ""
        comment = self.action.comment
        return (comment if comment is not None else self.topic).get_absolute_url()

    @property
    def reason(self) -> str:
        """The reason, if the viewer may read the item, because the reason may quote it."""
        return self.action.reason if self.is_mine or self._sees_what else ""

    @property
    def _sees_what(self) -> bool:
        """Whether the viewer may see the item. A pending topic has only a category; acts on members have neither."""
        if self.action.topic_id is not None:
            return self.topic is not None
        return self.action.category_id is None or self.category is not None

    @property
    def by(self) -> str:
        """The name of the moderator, or their role."""
        names = settings.NAME_MODERATORS or permissions.is_moderator(self.viewer)
        return self.action.by.username if names and self.action.by else self.action.get_role_display()

    @cached_property
    def is_mine(self) -> bool:
        return self.viewer.is_authenticated and self.action.member_id == self.viewer.pk

    @property
    def member(self):
        """The member concerned, if the viewer may know them. Otherwise None."""
        return self.action.member if self.is_moderated or self.is_mine else None

    @property
    def undone(self) -> Action | None:
        """The act that undid this one, or None."""
        return self.action.undoing if self.action.is_undone else None

    @property
    def may_undo(self) -> bool:
        if not undoing.may_be_undone(self.action):
            return False
        return acts.may(self.viewer, self.action.act.undone_by, self.action.category)

    @property
    def is_left_to_others(self) -> bool:
        """Whether the viewer must leave undoing to others, because the act concerns them. Two queries at most."""
        action = self.action
        return log.is_left_to_others(self.viewer, action.act.undone_by, action.member, action)


def entries(actions, viewer) -> list[Entry]:
    return [Entry(action, viewer) for action in actions]
