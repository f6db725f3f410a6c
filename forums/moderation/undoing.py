"""Undoing an act, which is an act of its own in the log."""

from django.db import IntegrityError

from forums.access.acts import ACTS
from forums.models import Action
from forums.models.moderation.action import NotDone, Overtaken
from forums.moderation.acts import spam

OVERTAKEN = "This no longer applies, because something else has been decided since."
UNDONE_ONCE = "forums_action_undoes_id_key"


def may_be_undone(action) -> bool:
    """Whether the act can be undone. An act that undid another cannot; the first act is done once more instead.

    One query for acts that are undone in batches.
    """
    if not action.act.undone_by or action.undoes_id is not None:
        return False
    return not action.is_undone or (action.act.in_batches and spam.is_unfinished(action))


def undo(action: Action, *, by, reason="") -> Action:
    """Restore the state before an act.

    Raises `Overtaken` if nothing of the act is left, `NotDone` if it cannot be undone at present, and PermissionDenied.
    """
    action = Action.objects.get(pk=action.pk)
    if not may_be_undone(action):
        if action.is_undone:
            raise Overtaken("This has been undone already.")
        raise NotDone("This cannot be undone.")
    if not action.is_in_effect:
        raise Overtaken(OVERTAKEN)
    try:
        undone = _undo(action, by=by, reason=reason, undoes=action)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != UNDONE_ONCE:
            raise
        raise Overtaken("Somebody else has undone this at the same moment.") from None
    if undone is None:
        raise Overtaken("Things have changed since, so there is nothing left to undo.")
    return undone


def _undo(action, **said):
    if action.act.undo:
        return action.act.undo(action, **said)
    return ACTS[action.act.undone_by].do(action.comment or action.topic, **said)
