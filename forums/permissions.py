"""Who may do what: pure questions about objects already loaded, so none of them costs a query.

`user.group_ids`, `user.is_moderator` come with the user; a visitor has neither. Every category must have been
fetched with its parent (`select_related("category__parent")`).
"""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models.user import Trust, User

if TYPE_CHECKING:
    from forums.models import Category, Comment, Debate, Topic

Viewer = User | AnonymousUser

EVERY_MEMBER = 0
"""Stands among a category's group ids for anyone who is signed in."""


def groups_of(user: Viewer) -> tuple[int, ...]:
    """The group ids by which categories know `user`; empty for a visitor."""
    return (EVERY_MEMBER, *user.group_ids) if user.is_authenticated else ()


def is_moderator(user: Viewer) -> bool:
    """Of the whole site; see `moderates` for a category's own."""
    return getattr(user, "is_moderator", False)


def may_speak(user: Viewer) -> bool:
    """Members write, vote and report, unless they are silenced; reading is left to everyone."""
    return user.is_authenticated and not user.is_silenced


def why_silent(user: Viewer) -> str:
    """The sentence that tells a silenced member so, in their own time zone; empty for everybody else."""
    if may_speak(user) or not user.is_authenticated:
        return ""
    until = timezone.localtime(user.silenced_until)
    return (
        f"You are silenced until {until.day} {until:%B %Y, %H:%M (%Z)}: you can read, but not write or vote."
    )


def is_trusted(user: User) -> bool:
    """Whose reports count by themselves, when there are enough."""
    return is_moderator(user) or user.trust >= Trust.REGULAR


def may_see(user: Viewer, category: "Category") -> bool:
    """A category is seen by its groups, and only where its parent is; administrators see everything."""
    if user.is_authenticated and user.is_superuser:
        return True
    levels = _levels(category)
    groups = set(groups_of(user))
    return all(not level.see_groups or groups.intersection(level.see_groups) for level in levels)


def may_read(user: Viewer, topic: "Topic") -> bool:
    """The rule of `Topic.objects.visible_to`, asked of a topic that has been read with its category."""
    is_there = topic.deleted_at is None and (not topic.is_hidden or may_moderate(user, topic))
    return is_there and may_see(user, topic.category)


def moderates(user: Viewer, category: "Category") -> bool:
    """Moderators of the site do wherever they can see; a category's own there and in those below it."""
    if not user.is_authenticated or not may_see(user, category):
        return False
    if is_moderator(user):
        return True
    groups = set(user.group_ids)
    return any(groups.intersection(level.moderator_groups) for level in _levels(category))


def _levels(category: "Category") -> list["Category"]:
    return [category, category.parent] if category.parent else [category]


def _may_write(user: Viewer, category: "Category", allowed: list[int]) -> bool:
    if not may_speak(user) or not may_see(user, category):
        return False
    return not allowed or user.is_superuser or bool(set(groups_of(user)).intersection(allowed))


def may_post(user: Viewer, category: "Category") -> bool:
    """May `user` open topics in `category`?"""
    return _may_write(user, category, category.post_groups)


def may_reply(user: Viewer, topic: "Topic") -> bool:
    """A locked topic is closed to everyone but moderators, and so is one whose debate has not begun."""
    if topic.is_closed and not may_moderate(user, topic):
        return False
    return _may_write(user, topic.category, topic.category.reply_groups)


def may_prepare(user: Viewer, topic: "Topic") -> bool:
    """Whoever may reply once its debate has begun: mend the opening and add to it until then."""
    return may_reply(user, topic) or (
        topic.is_waiting
        and not topic.is_locked
        and _may_write(user, topic.category, topic.category.reply_groups)
    )


def may_announce(user: Viewer, topic: "Topic") -> bool:
    """Moderators announce a debate anywhere. So does whoever opened the topic, while nobody has answered: closing a
    discussion until a date, and for good at another, is only for moderators once others take part in it."""
    if not may_speak(user) or topic.debate_from or topic.is_locked:
        return False
    own = topic.author_id == user.pk and topic.last_seq == 1
    return may_moderate(user, topic) or (own and may_reply(user, topic))


def may_host(user: Viewer, debate: "Debate") -> bool:
    """Move it, call it off and pin its question: whoever announced it, while they may write there, and moderators."""
    own = user.is_authenticated and debate.announced_by_id == user.pk
    return may_moderate(user, debate.topic) or (own and may_prepare(user, debate.topic))


def may_take_side(user: Viewer, debate: "Debate") -> bool:
    """Every member who sees a debate may say where they stand, also those who only listen."""
    return may_speak(user) and not debate.is_over and may_see(user, debate.topic.category)


def may_vote(user: Viewer, comment: "Comment") -> bool:
    """Members vote on what they can see and did not write; a placeholder has nothing to vote on."""
    return (
        may_speak(user)
        and comment.author_id != user.pk
        and not comment.is_gone
        and may_see(user, comment.topic.category)
    )


def may_edit(user: Viewer, comment: "Comment") -> bool:
    """Authors edit their own while the topic is open; moderators edit anything, visibly."""
    if comment.is_deleted or not may_speak(user):
        return False
    if may_moderate(user, comment.topic):
        return True
    mine = comment.author_id == user.pk and not comment.is_hidden
    return mine and may_prepare(user, comment.topic)


def may_delete(user: Viewer, comment: "Comment") -> bool:
    """One's own, even in a locked topic: leaving is always possible."""
    return (
        user.is_authenticated
        and comment.author_id == user.pk
        and not comment.is_gone
        and may_see(user, comment.topic.category)
    )


def may_accept(user: Viewer, topic: "Topic") -> bool:
    """Whoever asked says what answered."""
    return may_speak(user) and (topic.author_id == user.pk or may_moderate(user, topic))


def may_moderate(user: Viewer, topic: "Topic") -> bool:
    """Most members moderate nowhere; for them the topic's category is not even looked at."""
    return (is_moderator(user) or bool(getattr(user, "group_ids", ()))) and moderates(user, topic.category)
