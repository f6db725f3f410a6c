"""Acts on one comment."""

from django.db import transaction

from forums.access.roles import Role
from forums.models import Action, Case
from forums.models.moderation.action import NotDone, Overtaken
from forums.moderation.acts import log
from forums.tree import recount_topics


@transaction.atomic
def hide(comment, *, by=None, role: Role | None = None, rule=None, reason="", case=None) -> Action | None:
    """Replace the text by a placeholder. Without `by` the site itself hides it."""
    if by:
        log.check_permission(by, "comment_hidden", comment.topic.category)
    comment.lock_and_refresh()
    if comment.is_deleted:
        raise NotDone("Its author has deleted it, so there is nothing left to hide.")
    if comment.is_hidden:
        return None
    action = log.record(
        "comment_hidden", by=by, role=role, comment=comment, rule=rule, reason=reason, case=case
    )
    comment.set_hidden(by, action)
    return action


@transaction.atomic
def hold(comment, *, why=Case.Why.PENDING, reason="", found="") -> Action | None:
    """Hide a comment until a moderator has looked at it. Opens a case; keeping the comment shows it again.

    `found` are the words that a filter has matched; only moderators see them.
    """
    comment.lock_and_refresh()
    if comment.is_gone:
        return None
    case = Case.objects.open_about(comment, why, found)
    action = log.record("comment_held", comment=comment, reason=reason, facts={"found": found}, case=case)
    comment.set_hidden(None, action)
    return action


@transaction.atomic
def restore(comment, *, by, reason="", case=None, undoes=None) -> Action | None:
    """Show the text again, whichever act has hidden it."""
    log.check_permission(by, "comment_restored", comment.topic.category)
    comment.lock_and_refresh()
    if comment.is_deleted:
        raise Overtaken("Its author has deleted it meanwhile, so it cannot be restored.")
    if not comment.is_hidden:
        return None
    if comment.is_note:
        raise NotDone("Nothing is hidden here. This note only says where comments were moved.")
    undoes = undoes or _act_in_force(comment)
    was_removed = comment.removed_in_id is not None
    action = log.record("comment_restored", by=by, comment=comment, reason=reason, case=case, undoes=undoes)
    comment.set_shown()
    if was_removed:
        recount_topics.recount_topics([comment.topic_id])
    return action


def show_again(comment, *, by, reason="") -> None:
    """Show a comment that only the site had hidden, because a moderator has looked at it and did not hide it.

    Call it in the transaction of the moderator's act, after the act is logged.
    """
    comment.lock_and_refresh()
    if comment.is_deleted:
        return
    hiding = comment.hidden_in
    if hiding and hiding.is_automated and comment.removed_in_id is None:
        restore(comment, by=by, reason=reason)


def _act_in_force(comment):
    """The act that hid only this comment, if it is not undone yet. Restoring the comment undoes that act."""
    hiding = comment.hidden_in
    alone = hiding and hiding.verb in ("comment_hidden", "comment_held") and not hiding.is_undone
    return hiding if alone else None
