"""Undoing what has been done: each verb's way back, which is an act of its own."""

from django.db import IntegrityError

from forums.models import Action
from forums.models.action import NotDone, Overtaken
from forums.moderation import (
    branches,
    comments,
    editing,
    members,
    merging,
    slowing,
    spam,
    splitting,
    topics,
    waiting,
)

_WAYS = {
    "comment_hidden": lambda act, **said: comments.restore(act.comment, **said),
    "comment_held": lambda act, **said: comments.restore(act.comment, **said),
    "comment_edited": editing.back,
    "held_refused": waiting.approve_after_all,
    "branch_hidden": lambda act, **said: branches.restore(act.comment, **said),
    "branch_locked": lambda act, **said: branches.unlock(act.comment, **said),
    "branch_split": splitting.rejoin,
    "topics_merged": merging.part,
    "topic_slowed": slowing.back,
    "topic_locked": lambda act, **said: topics.unlock(act.topic, **said),
    "topic_pinned": lambda act, **said: topics.unpin(act.topic, **said),
    "topic_hidden": lambda act, **said: topics.restore(act.topic, **said),
    "topic_moved": topics.move_back,
    "topic_renamed": topics.rename_back,
    **dict.fromkeys(members.IMPOSED.values(), members.lift_again),
    "spammer_removed": spam.restore,
}


IN_BATCHES = {"spammer_removed"}
"""Acts too large to be undone in one transaction: broken off in between, it is taken up again by undoing once more."""
OVERTAKEN = "This holds no longer: something else has been decided since."
UNDONE_ONCE = "forums_action_undoes_id_key"


def may_be_undone(action) -> bool:
    """What undid something is not undone itself: one acts anew. One query for acts in batches."""
    if action.verb not in _WAYS or action.undoes_id is not None:
        return False
    return not action.is_undone or (action.verb in IN_BATCHES and spam.is_unfinished(action))


def undo(action: Action, *, by, reason="") -> Action:
    """Bring back how it was before. Raises `Overtaken` where nothing of it is left, `NotDone` where it cannot be undone
    as things are, and PermissionDenied."""
    action = Action.objects.get(pk=action.pk)
    if not may_be_undone(action):
        if action.is_undone:
            raise Overtaken("This has been undone already.")
        raise NotDone("This cannot be undone.")
    if not action.holds:
        raise Overtaken(OVERTAKEN)
    try:
        undone = _WAYS[action.verb](action, by=by, reason=reason, undoes=action)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != UNDONE_ONCE:
            raise
        raise Overtaken("Somebody else has undone this at the same moment.") from None
    if undone is None:
        raise Overtaken("Things have changed since, so there is nothing left to undo.")
    return undone
