"""Merging one topic into another, and parting them again."""

from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from forums.models import Action, Case, Comment
from forums.models.discussion import paths
from forums.models.moderation.action import NotDone
from forums.moderation.acts import comment_numbers, log
from forums.moderation.acts.splitting import MOVED_ON, refuse_hidden, refuse_reported
from forums.tree import move_branch


@transaction.atomic
def merge(topic, into, *, by, rule=None, reason="", case=None) -> Action:
    """Move all comments of `topic` to the end of the topic `into`, below a system note.

    The address of `topic` redirects there from now on.
    """
    log.check_permission(by, "topics_merged", topic.category, into.category)
    if topic.pk == into.pk:
        raise NotDone("This is the same topic.")
    topic, into = move_branch.lock(topic.pk, into.pk)
    if topic.deleted_at or into.deleted_at:
        raise NotDone("One of the two topics has been deleted.")
    refuse_hidden(topic, into)
    if topic.panels:
        raise NotDone(
            "This topic has polls or a debate, which belong to it. Merge the other topic into this one."
        )
    refuse_reported(topic, by)
    opening = topic.comments.get(seq=1)
    note = into.last_seq + 1
    facts = {"from": topic.pk, "to": into.pk, "note": note, "last": topic.last_seq}
    what = f"topic {topic.pk} into topic {into.pk}"
    action = log.record(
        "topics_merged", by=by, topic=into, member=topic.author, rule=rule, reason=reason, facts=facts,
        case=case, what=what,
    )  # fmt: skip
    Case.objects.about(topic).close(action)
    under = into.comments.leave_note(
        into, action, body_html=escape(topic.title),
        seq=note, path=paths.component(note), depth=1, parent=into.comments.get(seq=1),
    )  # fmt: skip
    move_branch.move(opening, to=into, under=under, number=lambda seq: note + seq)
    topic.bump_version(deleted_at=timezone.now(), merged_into=into)
    move_branch.copy_watches(into, topic.watches.not_muted())
    move_branch.finish(topic, into)
    return action


@transaction.atomic
def part(action: Action, *, by, reason="", undoes) -> Action:
    """Make two topics of a merged one. Replies written meanwhile to the merged comments go with them."""
    facts = action.facts
    topic, into = move_branch.lock(facts["from"], facts["to"])
    log.check_permission(by, "topics_parted", topic.category, into.category)
    note = into.comments.filter(hidden_in=action).first()
    opening = note and Comment.objects.filter(parent=note).first()
    if opening is None or topic.merged_into_id != into.pk or into.deleted_at:
        raise NotDone(MOVED_ON)
    refuse_hidden(into)
    undone = log.record(
        "topics_parted",
        by=by,
        topic=into,
        member=topic.author,
        reason=reason,
        undoes=undoes,
        what=action.what,
    )
    before = {facts["note"] + seq: seq for seq in range(1, facts["last"] + 1)}
    number = comment_numbers.returning(before, set(), facts["last"])
    move_branch.move(opening, to=topic, under=None, number=number)
    note.delete()
    topic.bump_version(deleted_at=None, merged_into=None)
    move_branch.finish(topic, into)
    return undone
