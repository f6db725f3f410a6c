"""Decides who may do what: pure functions of loaded objects. None of them costs a query.

`user.group_ids` and `user.is_moderator` are loaded with the user; a visitor has neither. Every category must have
been loaded with its parent (`select_related("category__parent")`).
"""

from typing import TYPE_CHECKING, TypeAlias

from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.user import User
    from forums.models import Category, Comment, Debate, Topic

Viewer: TypeAlias = "User | AnonymousUser"

EVERY_MEMBER = 0
"""The group id that means everyone who is signed in."""


MOVING = "A moderator is moving or hiding many comments of this topic. Please try again in a minute."


def groups_of(user: "Viewer") -> tuple[int, ...]:
    """Return the group ids that give `user` rights in categories; none for a visitor."""
    return (EVERY_MEMBER, *user.group_ids) if user.is_authenticated else ()


def is_moderator(user: "Viewer") -> bool:
    """Whether `user` moderates the whole site. `moderates` includes moderators of a category."""
    return getattr(user, "is_moderator", False)


def may_speak(user: "Viewer") -> bool:
    """Whether `user` may write, vote and report: every member may, unless silenced."""
    return user.is_authenticated and not user.is_silenced


def why_silent(user: "Viewer") -> str:
    """Tell a silenced member until when, in their time zone; "" for everybody else."""
    if may_speak(user) or not user.is_authenticated:
        return ""
    until = timezone.localtime(user.silenced_until)
    return (
        f"You are silenced until {until.day} {until:%B %Y, %H:%M (%Z)}: you can read, but not write or vote."
    )


def why_not_now(user: "Viewer", topic: "Topic") -> str:
    """Tell a member who is silenced, or whose topic is moving, why they cannot change anything in it; otherwise ""."""
    return why_silent(user) or (MOVING if topic.is_moving else "")


def is_trusted(user: "User") -> bool:
    """Whether reports of `user` count towards hiding something automatically."""
    return is_moderator(user) or user.is_regular


def may_see(user: "Viewer", category: "Category") -> bool:
    """Whether `user` may see `category`: its groups may, if they may see its parent too. Administrators see all."""
    closed = [level.see_groups for level in _levels(category) if level.see_groups]
    if not closed or (user.is_authenticated and user.is_superuser):
        return True
    groups = set(groups_of(user))
    return all(groups.intersection(allowed) for allowed in closed)


def may_read(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` may read a topic: the rule of `Topic.objects.visible_to`, for a loaded topic."""
    is_there = topic.deleted_at is None and (not topic.is_hidden or may_moderate(user, topic))
    return is_there and may_see(user, topic.category)


def moderates(user: "Viewer", category: "Category") -> bool:
    """Whether `user` moderates `category`, as a moderator of the site, of the category or of its parent.

    Nobody moderates what they may not see.
    """
    if not user.is_authenticated or not may_see(user, category):
        return False
    if is_moderator(user):
        return True
    groups = set(user.group_ids)
    return any(groups.intersection(level.moderator_groups) for level in _levels(category))


def _levels(category: "Category") -> list["Category"]:
    return [category, category.parent] if category.parent else [category]


def _may_write(user: "Viewer", category: "Category", allowed: list[int]) -> bool:
    if not may_speak(user) or not may_see(user, category):
        return False
    return not allowed or user.is_superuser or bool(set(groups_of(user)).intersection(allowed))


def may_post(user: "Viewer", category: "Category") -> bool:
    """Whether `user` may open topics in `category`."""
    return _may_write(user, category, category.post_groups)


def may_reply(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` may reply. In a locked topic, or before and after a debate, only moderators may.

    Nobody may while the topic is moving (`Topic.is_moving`).
    """
    if topic.is_moving:
        return False
    if topic.is_closed and not may_moderate(user, topic):
        return False
    return _may_write(user, topic.category, topic.category.reply_groups)


def may_prepare(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` may edit before a debate begins: everyone who may reply once it has begun."""
    return may_reply(user, topic) or (
        topic.is_before_debate
        and not topic.is_locked
        and _may_write(user, topic.category, topic.category.reply_groups)
    )


def may_announce(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` may announce a debate of `topic`: moderators may, and its author while nobody has replied.

    A debate closes the topic until it begins and after it ends. Once others take part, that is for moderators.
    """
    if not may_speak(user) or topic.debate_from or topic.is_locked:
        return False
    own = topic.author_id == user.pk and topic.last_seq == 1
    return may_moderate(user, topic) or (own and may_reply(user, topic))


def may_host(user: "Viewer", debate: "Debate") -> bool:
    """Whether `user` may move or cancel a debate and pin its question: its announcer and moderators may."""
    own = user.is_authenticated and debate.announced_by_id == user.pk
    return may_moderate(user, debate.topic) or (own and may_prepare(user, debate.topic))


def may_decide(user: "Viewer", topic: "Topic", opener: int | None) -> bool:
    """Whether `user` may give an outcome to a poll or debate of `topic` that the member `opener` has opened.

    Moderators may, and the opener while they may write there. A locked topic is no reason against it.
    """
    if topic.is_moving or not may_speak(user):
        return False
    own = opener == user.pk and _may_write(user, topic.category, topic.category.reply_groups)
    return may_moderate(user, topic) or own


def may_take_side(user: "Viewer", debate: "Debate") -> bool:
    """Whether `user` may take a side: every member may who sees the debate, even if they may not reply."""
    return may_speak(user) and not debate.is_over and may_see(user, debate.topic.category)


def may_vote(user: "Viewer", comment: "Comment") -> bool:
    """Whether `user` may vote on `comment`: not on their own, and not on a placeholder."""
    return (
        may_speak(user)
        and comment.author_id != user.pk
        and not comment.is_gone
        and not comment.topic.is_moving
        and may_see(user, comment.topic.category)
    )


def may_edit(user: "Viewer", comment: "Comment") -> bool:
    """Whether `user` may edit `comment`: its author while the topic is open, and moderators, who say why."""
    if comment.is_deleted or comment.topic.is_moving or not may_speak(user):
        return False
    if may_moderate(user, comment.topic):
        return True
    mine = comment.author_id == user.pk and not comment.is_hidden
    return mine and may_prepare(user, comment.topic)


def may_delete(user: "Viewer", comment: "Comment") -> bool:
    """Whether `user` may delete `comment`: their own, even in a locked topic."""
    return (
        user.is_authenticated
        and comment.author_id == user.pk
        and not comment.is_gone
        and not comment.topic.is_moving
        and may_see(user, comment.topic.category)
    )


def may_accept(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` may accept an answer: the author of the topic and moderators may."""
    is_theirs = topic.author_id == user.pk or may_moderate(user, topic)
    return is_theirs and may_speak(user) and not topic.is_moving


def may_moderate(user: "Viewer", topic: "Topic") -> bool:
    """Whether `user` moderates the category of `topic`. For most members, who have no groups, that is not read."""
    return (is_moderator(user) or bool(getattr(user, "group_ids", ()))) and moderates(user, topic.category)
