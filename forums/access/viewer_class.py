"""The classes of viewers of a topic. Viewers of one class share its page, apart from their own data in its holes."""

from typing import TYPE_CHECKING, NamedTuple

from forums.access import permissions

if TYPE_CHECKING:
    from forums.access.permissions import Viewer
    from forums.models import Topic


class ViewerClass(NamedTuple):
    """What viewers of a topic are and may do. Few of the combinations occur. No query."""

    is_member: bool
    may_reply: bool
    may_prepare: bool
    """Whether they may write a reply before the debate begins, which they may send once it has begun."""
    may_moderate: bool

    @classmethod
    def of(cls, user: "Viewer", topic: "Topic") -> "ViewerClass":
        """Return the class of `user`, for a topic that they may read."""
        may_reply = permissions.may_reply(user, topic)
        return cls(
            user.is_authenticated,
            may_reply,
            topic.is_before_debate and not may_reply and permissions.may_prepare(user, topic),
            permissions.may_moderate(user, topic),
        )

    @property
    def key(self) -> str:
        """The class as part of a cache key."""
        return "".join("1" if holds else "0" for holds in self)
