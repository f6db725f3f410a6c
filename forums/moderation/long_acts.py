"""The acts whose cost grows with the number of comments. On many comments each runs as a task (`background`)."""

from dataclasses import replace

from django.db.models import Sum
from django.template.defaultfilters import pluralize
from django.urls import reverse

from forums.models import Action, Comment, Topic
from forums.moderation import undoing
from forums.moderation.acts import branches, comments, log, merging, spam, splitting
from forums.moderation.background import Kind, Size, register


def size_of_branch(comment, **said) -> Size:
    """The size of an act on a branch, whose topic is recounted. One query."""
    return Size(comment.topic.comments.in_branch(comment).count(), comment.topic.last_seq)


def size_of_removal(members, **said) -> Size:
    """The size of removing these members, or of restoring them. Two queries."""
    topics = Topic.objects.filter(pk__in=spam.written_in(members)).aggregate(all=Sum("last_seq", default=0))
    return Size(Comment.objects.filter(author__in=members).count(), topics["all"])


def outcome_of_act(action: Action | None) -> tuple[str, str]:
    return (f"{action.says}.", action.get_absolute_url()) if action else ("There was nothing left to do.", "")


def restore(comment, **said) -> Action | None:
    """Restore the comment, or its branch if the whole branch was hidden."""
    return (branches if _is_branch(comment) else comments).restore(comment, **said)


def _is_branch(comment):
    hiding = comment.hidden_in
    return hiding is not None and hiding.verb == "branch_hidden" and hiding.comment_id == comment.pk


def _size_of_restoring(comment, **said):
    if _is_branch(comment):
        return size_of_branch(comment)
    return Size(1, comment.topic.last_seq if comment.removed_in_id else 0)


def _size_of_merge(topic, into, **said):
    return Size(topic.last_seq, topic.last_seq + into.last_seq)


def _size_of_undoing(action, **said):
    """Four queries at most."""
    if action.verb == "spammer_removed":
        return size_of_removal([action.member])
    if action.verb == "topics_merged":
        return Size(action.facts["last"], action.topic.last_seq)
    if action.verb == "branch_split":
        moved = Topic.objects.filter(pk=action.facts["to"]).aggregate(all=Sum("last_seq", default=0))["all"]
        return Size(moved, moved + action.topic.last_seq)
    written = Comment.objects.filter(hidden_in=action).count() if action.act.hides else 0
    return Size(written, action.topic.last_seq if written > 1 else 0)


def _topics_of_undoing(action, **said):
    if action.topic is None or action.act.in_batches:
        return []
    moves = action.verb in ("topics_merged", "branch_split")
    others = [action.facts[name] for name in ("from", "to") if moves and name in action.facts]
    return list(Topic.objects.filter(pk__in={action.topic_id, *others}))


def _check_undoing(action, *, by, **said):
    log.check_permission(by, action.act.undone_by, action.category)


def _in_topic(verb):
    def check(item, *, by, into=None, **said):
        for topic in filter(None, (getattr(item, "topic", item), into)):
            log.check_permission(by, verb, topic.category)

    return check


def _topic_of(comment, **said):
    return [comment.topic]


def _outcome_of_accounts(verb):
    def outcome(actions):
        accounts = f"{len(actions)} account{pluralize(len(actions))}"
        return f"{verb} {accounts} and everything that was posted from there.", reverse("raid-show")

    return outcome


def _undo_in_batches(action, *, by, **said) -> Action:
    # A kill between the last batch and the end of the task repeats this.
    if action.is_undone and not spam.is_unfinished(action):
        return action.undoing
    return undoing.undo(action, by=by, **said)


def undo(action: Action, *, by, reason=""):
    """Undo an act. Returns the act that undid it, or the `BackgroundAct` that will. Raises the errors of `undoing`."""
    return (_UNDO_IN_BATCHES if action.act.in_batches else _UNDO)(action, by=by, reason=reason)


MERGE = Kind(
    "merge", "Merging two topics", merging.merge, _size_of_merge, _in_topic("topics_merged"), outcome_of_act,
    topics=lambda topic, into, **said: [topic, into],
)  # fmt: skip
SPLIT = Kind(
    "split", "Making a branch a topic of its own", splitting.split, size_of_branch, _in_topic("branch_split"),
    outcome_of_act, topics=_topic_of,
)  # fmt: skip
HIDE_BRANCH = Kind(
    "hide_branch", "Hiding a branch", branches.hide, size_of_branch, _in_topic("branch_hidden"),
    outcome_of_act, topics=_topic_of,
)  # fmt: skip
RESTORE = Kind(
    "restore", "Restoring a branch", restore, _size_of_restoring, _in_topic("comment_restored"),
    outcome_of_act, topics=_topic_of,
)  # fmt: skip
_UNDO = Kind(
    "undo", "Undoing an act", undoing.undo, _size_of_undoing, _check_undoing, outcome_of_act,
    topics=_topics_of_undoing,
)  # fmt: skip
_UNDO_IN_BATCHES = replace(_UNDO, name="undo_in_batches", act=_undo_in_batches, in_batches=True)
REMOVE_ALL = Kind(
    "remove_all", "Removing accounts", spam.remove_all, size_of_removal, spam.begin,
    _outcome_of_accounts("Removed"), in_batches=True,
)  # fmt: skip
RESTORE_ALL = Kind(
    "restore_all", "Restoring accounts", spam.restore_all,
    lambda removals, **said: size_of_removal([action.member for action in removals]),
    lambda removals, *, by, **said: log.check_permission(by, "spammer_restored"),
    _outcome_of_accounts("Restored"), in_batches=True,
)  # fmt: skip

register(MERGE, SPLIT, HIDE_BRANCH, RESTORE, _UNDO, _UNDO_IN_BATCHES, REMOVE_ALL, RESTORE_ALL)
