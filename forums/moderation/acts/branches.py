"""Acts on a branch: a comment with all its descendants."""

from django.db import transaction
from django.utils import timezone

from forums.models import Action, Case, Comment
from forums.models.moderation.action import NotDone
from forums.models.notifications import outbox
from forums.moderation.acts import log
from forums.tree import progress, recount_topics


@transaction.atomic
def hide(comment, *, by, rule=None, reason="", case=None) -> Action | None:
    """Hide a branch. One placeholder stays for the comment; its descendants disappear from the page."""
    log.check_permission(by, "branch_hidden", comment.topic.category)
    _refuse_opening(comment)
    comment.lock_and_refresh()
    topic = comment.topic
    branch = topic.comments.in_branch(comment)
    below = branch.exclude(pk=comment.pk)
    count = branch.filter(deleted_at=None, hidden_at=None).count()
    if not count and not below.filter(removed_in=None, deleted_at=None).exists():
        return None
    action = log.record(
        "branch_hidden",
        by=by,
        comment=comment,
        rule=rule,
        reason=reason,
        case=case,
        facts={"comments": count},
    )
    topic.bump_version()
    hidden = {"hidden_at": timezone.now(), "hidden_by": by, "hidden_in": action}
    # Comments that were hidden before keep their own reason, but lose their place now.
    below.filter(hidden_at__isnull=False, removed_in=None).rewrite(removed_in=action)
    progress.advance(below.filter(deleted_at=None, hidden_at=None).rewrite(**hidden, removed_in=action))
    branch.filter(pk=comment.pk, deleted_at=None, hidden_at=None).rewrite(**hidden)
    Case.objects.filter(comment__in=branch).close(action)
    outbox.moderated_too(Comment.objects.filter(hidden_in=action).exclude(pk=comment.pk), action)
    outbox.visibility_changed(topic)
    recount_topics.recount_topics([topic.pk])
    return action


@transaction.atomic
def restore(comment, *, by, reason="", case=None, undoes=None) -> Action | None:
    """Show the comments that hiding this branch hid, except those that their authors have deleted meanwhile."""
    log.check_permission(by, "branch_restored", comment.topic.category)
    comment.lock_and_refresh()
    topic = comment.topic
    hiding = undoes or Action.objects.not_undone().filter(verb="branch_hidden", comment=comment).first()
    if hiding is None:
        return None
    above = topic.comments.above(comment).exclude(pk=comment.pk)
    if above.filter(hidden_in__verb="branch_hidden").exists():
        raise NotDone("This is part of a larger branch that is hidden, too. Restore that one.")
    action = log.record("branch_restored", by=by, comment=comment, reason=reason, case=case, undoes=hiding)
    topic.bump_version()
    progress.advance(unhide([hiding], [topic.pk]))
    outbox.visibility_changed(topic)
    recount_topics.recount_topics([topic.pk])
    return action


def unhide(hiding, topics: list[int]) -> int:
    """Show the comments of `topics` that these acts have hidden. Returns their number.

    A comment in a branch that another act has hidden stays hidden by that act. The caller has locked the topics, and
    recounts them afterwards.
    """
    comments = Comment.objects.filter(topic__in=topics)
    # By the present topic of the comment, because the topic in the log may have changed since.
    in_force = Action.objects.not_undone().filter(verb="branch_hidden", comment__topic__in=topics)
    others = in_force.exclude(pk__in=[each.pk for each in hiding])
    for other in others.select_related("comment"):
        below = comments.in_branch(other.comment).exclude(pk=other.comment_id)
        below.filter(hidden_in__in=hiding).rewrite(hidden_in=other, removed_in=other)
    shown = {"hidden_at": None, "hidden_by": None, "hidden_in": None}
    # Most comments have both columns set. Writing them once instead of twice saves seconds with thousands of comments.
    count = comments.filter(hidden_in__in=hiding, removed_in__in=hiding).rewrite(**shown, removed_in=None)
    count += comments.filter(hidden_in__in=hiding).rewrite(**shown)
    return count + comments.filter(removed_in__in=hiding).rewrite(removed_in=None)


@transaction.atomic
def lock(comment, *, by, rule=None, reason="", case=None) -> Action | None:
    """Refuse replies in this branch, except by moderators."""
    log.check_permission(by, "branch_locked", comment.topic.category)
    _refuse_opening(comment)
    comment.lock_and_refresh()
    if comment.locked_in_id:
        return None
    if comment.is_gone:
        raise NotDone("This comment is hidden or deleted, so nobody can reply to it.")
    action = log.record("branch_locked", by=by, comment=comment, rule=rule, reason=reason, case=case)
    comment.topic.bump_version()
    Comment.objects.filter(pk=comment.pk).rewrite(locked_in=action)
    return action


@transaction.atomic
def unlock(comment, *, by, reason="", case=None, undoes=None) -> Action | None:
    """Accept replies in this branch again."""
    log.check_permission(by, "branch_unlocked", comment.topic.category)
    comment.lock_and_refresh()
    if comment.locked_in_id is None:
        return None
    action = log.record(
        "branch_unlocked", by=by, comment=comment, reason=reason, case=case, undoes=comment.locked_in
    )
    comment.topic.bump_version()
    Comment.objects.filter(pk=comment.pk).rewrite(locked_in=None)
    return action


def _refuse_opening(comment):
    if comment.is_opening:
        raise NotDone("This comment opens the topic. Please do it to the whole topic instead.")
