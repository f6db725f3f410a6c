"""Who may do what: pure questions about objects already loaded, so none of them costs a query.

`user.group_ids`, `user.is_moderator` come with the user; a visitor has neither. Every category must have been
fetched with its parent (`select_related("category__parent")`).
"""

from django.utils import timezone

EVERY_MEMBER = 0
"""Stands among a category's group ids for anyone who is signed in."""


def groups_of(user) -> tuple[int, ...]:
    """The group ids by which categories know `user`; empty for a visitor."""
    return (EVERY_MEMBER, *user.group_ids) if user.is_authenticated else ()


def is_moderator(user) -> bool:
    """Of the whole site; see `moderates` for a category's own."""
    return getattr(user, "is_moderator", False)


def may_speak(user) -> bool:
    """Members write, vote and report, unless they are silenced; reading is left to everyone."""
    return user.is_authenticated and not user.is_silenced


def why_silent(user) -> str:
    """The sentence that tells a silenced member so, in their own time zone; empty for everybody else."""
    if may_speak(user) or not user.is_authenticated:
        return ""
    until = timezone.localtime(user.silenced_until)
    return (
        f"You are silenced until {until.day} {until:%B %Y, %H:%M (%Z)}: you can read, but not write or vote."
    )


def is_trusted(user) -> bool:
    """Whose reports count by themselves, when there are enough."""
    return is_moderator(user) or user.is_regular


def may_see(user, category) -> bool:
    """A category is seen by its groups, and only where its parent is; administrators see everything."""
    if user.is_authenticated and user.is_superuser:
        return True
    levels = [category] if category.parent_id is None else [category, category.parent]
    groups = set(groups_of(user))
    return all(not level.see_groups or groups.intersection(level.see_groups) for level in levels)


def may_read(user, topic) -> bool:
    """The rule of `Topic.objects.visible_to`, asked of a topic that has been read with its category."""
    is_there = topic.deleted_at is None and (not topic.is_hidden or may_moderate(user, topic))
    return is_there and may_see(user, topic.category)


def moderates(user, category) -> bool:
    """Moderators of the site do wherever they can see; a category's own there and in those below it."""
    if not user.is_authenticated or not may_see(user, category):
        return False
    if is_moderator(user):
        return True
    groups = set(user.group_ids)
    levels = [category] if category.parent_id is None else [category, category.parent]
    return any(groups.intersection(level.moderator_groups) for level in levels)


def _may_write(user, category, allowed: list[int]) -> bool:
    if not may_speak(user) or not may_see(user, category):
        return False
    return not allowed or user.is_superuser or bool(set(groups_of(user)).intersection(allowed))


def may_post(user, category) -> bool:
    """May `user` open topics in `category`?"""
    return _may_write(user, category, category.post_groups)


def may_reply(user, topic) -> bool:
    """A locked topic is closed to everyone but moderators, and so is one whose debate has not begun."""
    if topic.is_closed and not may_moderate(user, topic):
        return False
    return _may_write(user, topic.category, topic.category.reply_groups)


def may_prepare(user, topic) -> bool:
    """Whoever may reply once its debate has begun: mend the opening and add to it until then."""
    return may_reply(user, topic) or (
        topic.is_waiting
        and not topic.is_locked
        and _may_write(user, topic.category, topic.category.reply_groups)
    )


def may_announce(user, topic) -> bool:
    """Moderators announce a debate anywhere. So does whoever opened the topic, while nobody has answered: closing a
    discussion until a date, and for good at another, is only for moderators once others take part in it."""
    if not may_speak(user) or topic.debate_from or topic.is_locked:
        return False
    own = topic.author_id == user.pk and topic.last_seq == 1
    return may_moderate(user, topic) or (own and may_reply(user, topic))


def may_host(user, debate) -> bool:
    """Move it, call it off and pin its question: whoever announced it, while they may write there, and moderators."""
    own = user.is_authenticated and debate.announced_by_id == user.pk
    return may_moderate(user, debate.topic) or (own and may_prepare(user, debate.topic))


def may_take_side(user, debate) -> bool:
    """Every member who sees a debate may say where they stand, also those who only listen."""
    return may_speak(user) and not debate.is_over and may_see(user, debate.topic.category)


def may_vote(user, comment) -> bool:
    """Members vote on what they can see and did not write; a placeholder has nothing to vote on."""
    return (
        may_speak(user)
        and comment.author_id != user.pk
        and not comment.is_gone
        and may_see(user, comment.topic.category)
    )


def may_edit(user, comment) -> bool:
    """Authors edit their own while the topic is open; moderators edit anything, visibly."""
    if comment.is_deleted or not may_speak(user):
        return False
    if may_moderate(user, comment.topic):
        return True
    mine = comment.author_id == user.pk and not comment.is_hidden
    return mine and may_prepare(user, comment.topic)


def may_delete(user, comment) -> bool:
    """One's own, even in a locked topic: leaving is always possible."""
    return (
        user.is_authenticated
        and comment.author_id == user.pk
        and not comment.is_gone
        and may_see(user, comment.topic.category)
    )


def may_accept(user, topic) -> bool:
    """Whoever asked says what answered."""
    return may_speak(user) and (topic.author_id == user.pk or may_moderate(user, topic))


def may_moderate(user, topic) -> bool:
    """Most members moderate nowhere; for them the topic's category is not even looked at."""
    return (is_moderator(user) or bool(getattr(user, "group_ids", ()))) and moderates(user, topic.category)
