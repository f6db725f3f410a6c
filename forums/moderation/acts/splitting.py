"""Splitting a branch into a topic of its own, and bringing it back."""

from django.db import transaction
from django.utils import timezone

from forums import markup
from forums.models import Action, Case, Comment, Topic
from forums.models.discussion.slugs import slug_of
from forums.models.moderation.action import NotDone
from forums.moderation.acts import comment_numbers, log
from forums.tree import move_branch

MOVED_ON = "Its comments have been moved on since, so they cannot be brought back."


@transaction.atomic
def split(comment, title: str, *, by, rule=None, reason="", case=None) -> Action:
    """Make `comment` the opening of a new topic, with its branch below it.

    A system note stays in its place. The note and the new topic link to each other.
    """
    log.check_permission(by, "branch_split", comment.topic.category)
    comment.lock_and_refresh()
    if comment.is_opening:
        raise NotDone("This comment opens a topic already.")
    if comment.is_gone:
        raise NotDone("This comment is hidden or deleted, so it cannot open a topic.")
    old = comment.topic
    old.bump_version()
    old.refresh_from_db(fields=["version", "accepted", "hidden_at"])
    refuse_hidden(old)
    branch = old.comments.in_branch(comment).order_by("seq")
    seqs = list(branch.values_list("seq", flat=True))
    new = _begin(comment, title)
    facts = {"to": new.pk, "numbers": comment_numbers.pack(seqs)}
    if branch.filter(pk=old.accepted_id).exists():
        facts["accepted"] = old.accepted_id
    action = log.record(
        "branch_split", by=by, comment=comment, rule=rule, reason=reason, case=case, facts=facts
    )
    place = {name: getattr(comment, name) for name in ("seq", "path", "depth", "parent_id")}
    renumbered = {seq: number for number, seq in enumerate(seqs, start=1)}
    move_branch.move(comment, to=new, under=None, number=renumbered.__getitem__)
    note = old.comments.leave_note(old, action, **place)
    if "accepted" in facts:
        old.bump_version(accepted=None)
    new.bump_version(split_from=note)
    move_branch.copy_watches(new, comment.watches, old.watches)
    move_branch.finish(old, new)
    return action


def _begin(comment, title):
    old = comment.topic
    return Topic.objects.create(
        category_id=old.category_id,
        author=comment.author,
        title=title,
        slug=slug_of(title),
        excerpt=markup.excerpt(comment.body_html),
        created_at=comment.created_at,
        last_seq=1,
    )


@transaction.atomic
def rejoin(action: Action, *, by, reason="", undoes) -> Action:
    """Move a branch back to the place it was split from, with the replies written meanwhile.

    The address of the topic that it had opened redirects to the old topic.
    """
    move_branch.lock(action.topic_id, action.facts["to"])
    comment = Comment.objects.select_related("topic__category__parent").get(pk=action.comment_id)
    new, old = comment.topic, Topic.objects.select_related("category__parent").get(pk=action.topic_id)
    log.check_permission(by, "branch_rejoined", old.category, new.category)
    note = old.comments.filter(hidden_in=action).select_related("parent").first()
    if note is None or new.pk != action.facts["to"] or not comment.is_opening or old.deleted_at:
        raise NotDone(MOVED_ON)
    refuse_hidden(old, new)
    if new.panels:
        raise NotDone("The new topic has polls or a debate, which a branch cannot have.")
    refuse_reported(new, by)
    before = comment_numbers.unpack(action.facts["numbers"])
    undone = log.record(
        "branch_rejoined", by=by, comment=comment, topic=old, reason=reason, undoes=undoes, what=action.what
    )
    Case.objects.about(new).close(undone)
    under = note.parent
    note.delete()
    there = Comment.objects.numbered((old.pk, seq) for seq in before)
    taken = set(there.values_list("seq", flat=True))
    number = comment_numbers.returning(dict(enumerate(before, start=1)), taken, old.last_seq)
    move_branch.move(comment, to=old, under=under, number=number)
    if old.accepted_id is None and "accepted" in action.facts:
        old.bump_version(accepted=action.facts["accepted"])
    new.bump_version(deleted_at=timezone.now(), merged_into=old)
    move_branch.finish(old, new)
    return undone


def refuse_hidden(*topics) -> None:
    """Raise `NotDone` if one of the topics is hidden.

    Comments moved out of a hidden topic would become visible, and comments moved into one would disappear, without a
    line in the log.
    """
    if any(topic.is_hidden for topic in topics):
        raise NotDone("Comments cannot be moved out of a hidden topic or into one. Restore the topic first.")


def refuse_reported(topic, by) -> None:
    """Raise `NotDone` if `by` wrote the topic and it is reported. Merging it away would close their own case."""
    is_own = topic.author == by and not by.is_superuser
    if is_own and Case.objects.about(topic).pending().exists():
        raise NotDone("Your topic has been reported. Another moderator must look at it first.")
