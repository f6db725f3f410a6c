"""Removing a spammer hides everything they have posted, and restoring them shows it again."""

from collections import Counter
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Sanction, User
from accounts.models.sanction import may_be_sanctioned
from forums import markup
from forums.models import Action, Case, Comment, Topic
from forums.moderation.acts import branches, log, pending
from forums.tree import progress, recount_topics

TOGETHER = 10
"""Topics that one transaction locks. Members who write there wait meanwhile, and each blocks a page worker."""


def remove(member, *, by, rule=None, reason="", case=None) -> Action:
    """Suspend `member` for good, and hide all their topics and comments.

    The act is one line of the log. The rows are hidden in batches, each one transaction. If that is interrupted,
    removing the member once more continues it. Raises PermissionDenied for moderators and above.
    """
    return remove_all([member], by=by, rule=rule, reason=reason, case=case)[0]


def remove_all(members, *, by, rule=None, reason="", case=None, facts=None) -> list[Action]:
    """Remove many spammers at once. Each has a line in the log and can be restored alone.

    Each topic is locked and recounted once.
    """
    actions = begin(members, by=by, rule=rule, reason=reason, case=case, facts=facts)
    _in_batches(written_in(members), lambda topics: _hide(actions, topics))
    pending.refuse_all(actions)
    _close_cases(actions)
    return actions


@transaction.atomic
def begin(members, *, by, rule=None, reason="", case=None, facts=None) -> list[Action]:
    """Suspend the members, so that they can post nothing more, and write the log.

    If two moderators act at once, one begins and both go on.
    """
    log.check_permission(by, "spammer_removed")
    if any(not may_be_sanctioned(member) or member == by for member in members):
        raise PermissionDenied(
            "Moderators and administrators cannot be removed. Take away their rights first."
        )
    User.objects.among(member.pk for member in members).await_turns()
    begun = _removals_in_force(members)
    rest = [member for member in members if member.pk not in begun]
    ground = str(rule) if rule else ""
    suspended = Sanction.objects.impose_all(
        rest, Sanction.Kind.SUSPENSION, by=by, reason=reason or ground or "Spam", rule=ground
    )
    comments, topics = _counted(Comment, rest), _counted(Topic, rest)
    entries = [
        {
            "member": member,
            "facts": (facts or {})
            | {"sanction": sanction.pk, "comments": comments[member.pk], "topics": topics[member.pk]},
        }
        for member, sanction in zip(rest, suspended, strict=True)
    ]
    actions = log.record_each("spammer_removed", entries, by=by, rule=rule, reason=reason, case=case)
    begun |= {action.member_id: action for action in actions}
    return [begun[member.pk] for member in members]


def _counted(model, members):
    """The number of visible rows of each member."""
    seen = model.objects.filter(author__in=members, deleted_at=None, hidden_at=None).order_by()
    return Counter(dict(seen.values_list("author").annotate(Count("pk"))))


def _close_cases(actions):
    """Close the cases about the members and about what they wrote."""
    acts = {action.member_id: action for action in actions}
    whose = ("comment__author", "topic__author", "pending_post__author", "member")
    theirs = Q(*((f"{each}__in", list(acts)) for each in whose), _connector=Q.OR)
    found = Case.objects.pending().filter(theirs).values_list("pk", *whose)
    Case.objects.close_each({case: acts[next(filter(None, ids))] for case, *ids in found})


def _removals_in_force(members):
    """The removals of these members that are in force, by the id of the member. Two queries.

    A removal whose suspension has been lifted is left out, so that removing the member again suspends them again.
    """
    removals = Action.objects.not_undone().filter(verb="spammer_removed", member__in=members)
    newest = {action.member_id: action for action in removals.reverse()}
    imposed = Sanction.objects.filter(pk__in=[action.facts["sanction"] for action in newest.values()])
    keeping_out = set(imposed.in_force().values_list("pk", flat=True))
    return {pk: action for pk, action in newest.items() if action.facts["sanction"] in keeping_out}


def interrupted_removal(member) -> Action | None:
    """The member's removal, if it was interrupted and something of theirs is still visible. Otherwise None.

    Removing them once more continues it. One query for members who have not been removed.
    """
    action = _removals_in_force([member]).get(member.pk)
    if action is None:
        return None
    seen = {"deleted_at": None, "hidden_at": None}
    is_left = member.comments.filter(**seen).exists() or member.topics.filter(**seen).exists()
    return action if is_left or member.pending_posts.pending().exists() else None


def going_on(removals):
    """The removals among these that are not undone, or undone only in part."""
    comments = Comment.objects.filter(hidden_in=OuterRef("pk"))
    topics = Topic.objects.filter(hidden_in=OuterRef("pk"))
    return removals.filter(Q(undoing=None) | Exists(comments) | Exists(topics))


def written_in(members):
    """The ids of all topics with something of theirs, hidden topics included.

    Their own topics that were merged are included, because those can be parted again.
    """
    of_theirs = Q(author__in=members) | Q(pk__in=Comment.objects.filter(author__in=members).values("topic"))
    merged = Q(author__in=members, merged_into__isnull=False)
    there = Topic.objects.filter(Q(of_theirs, deleted_at=None) | merged)
    return there.order_by("pk").values_list("pk", flat=True)


def _in_batches(ids, work):
    rest = iter(list(ids))
    while some := list(islice(rest, TOGETHER)):
        with transaction.atomic():
            topics = list(Topic.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk"))
            for topic in topics:
                topic.bump_version()
            written = work(topics)
            recount_topics.recount_topics(some)
            for topic in topics:
                topic.publish_visibility_change()
        progress.advance(written)


def _hide(actions, topics):
    """Hide everything that the members wrote in these topics, each row by the act about its author.

    Returns the number of comments.
    """
    members = [action.member_id for action in actions]
    act = log.act_about_author(actions)
    hidden = {"hidden_at": timezone.now(), "hidden_by": actions[0].by, "hidden_in": act}
    theirs = Comment.objects.filter(author__in=members, topic__in=topics, deleted_at=None, hidden_at=None)
    Topic.objects.filter(pk__in=theirs.filter(seq=1).values("topic")).update(excerpt="")
    written = theirs.filter(seq=1).rewrite(**hidden)
    written += theirs.filter(seq__gt=1).rewrite(**hidden, removed_in=act)
    opened = Topic.objects.filter(author__in=members, hidden_at=None, pk__in=[topic.pk for topic in topics])
    opened.update(**hidden)
    return written


def restore(action: Action, *, by, reason="", undoes) -> Action:
    """Show everything that the removal hid, and lift the suspension."""
    return restore_all([action], by=by, reason=reason)[0]


def restore_all(actions: list[Action], *, by, reason="") -> list[Action]:
    """Restore many members at once. If some were restored before and that was interrupted, it is continued."""
    log.check_permission(by, "spammer_restored")
    undone = _begin_restoring(actions, by, reason)
    ids = _hidden_by(actions).order_by("pk").values_list("pk", flat=True)
    _in_batches(ids, lambda topics: _show(actions, topics))
    return undone


def is_unfinished(action: Action) -> bool:
    """Whether restoring began and was interrupted."""
    return action.is_undone and _hidden_by([action]).exists()


@transaction.atomic
def _begin_restoring(removals, by, reason):
    """Lift the suspensions. If two moderators act at once, one begins and both go on."""
    suspended = Sanction.objects.filter(pk__in=[action.facts["sanction"] for action in removals])
    # The sanctions are locked before the members, as when one is lifted. Any other order could deadlock.
    list(suspended.select_for_update(of=["self"]).order_by("pk"))
    begun = {action.undoes_id: action for action in Action.objects.filter(undoes__in=removals)}
    rest = [action for action in removals if action.pk not in begun]
    suspended.filter(pk__in=[action.facts["sanction"] for action in rest]).lift(by=by)
    pending.reopen_all(rest)
    entries = [{"member": action.member, "undoes": action} for action in rest]
    actions = log.record_each("spammer_restored", entries, by=by, reason=reason)
    begun |= {action.undoes_id: action for action in actions}
    return [begun[action.pk] for action in removals]


def _hidden_by(actions):
    theirs = Comment.objects.filter(hidden_in__in=actions).values("topic")
    return Topic.objects.filter(Q(hidden_in__in=actions) | Q(pk__in=theirs))


def _show(actions, topics):
    ids = [topic.pk for topic in topics]
    openings = Comment.objects.filter(hidden_in__in=actions, topic__in=ids, seq=1, deleted_at=None)
    for topic, html in openings.values_list("topic", "body_html"):
        Topic.objects.filter(pk=topic).update(excerpt=markup.excerpt(html))
    written = branches.unhide(actions, ids)
    opened = Topic.objects.filter(hidden_in__in=actions, pk__in=ids)
    opened.update(hidden_at=None, hidden_by=None, hidden_in=None)
    return written
