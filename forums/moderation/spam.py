"""Removing a spammer: all they have put here disappears with one press, and can come back with another."""

from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Sanction
from accounts.models.sanction import may_be_sanctioned
from forums import markup, settling
from forums.models import Action, Case, Comment, Topic
from forums.moderation import branches, log, waiting

TOGETHER = 50
"""Topics that are locked at once: those who write in them wait meanwhile."""


def remove(member, *, by, rule=None, reason="", case=None) -> Action:
    """Shut the door to `member`, and hide every topic and comment of theirs.

    The act is one line of the log; the hiding goes on in batches, each a transaction. Broken off in between it is
    taken up again by pressing once more. PermissionDenied for those who look after the site.
    """
    return remove_all([member], by=by, rule=rule, reason=reason, case=case)[0]


def remove_all(members, *, by, rule=None, reason="", case=None, facts=None) -> list[Action]:
    """The same for many at once: each has a line of their own in the log and can be brought back alone, and each
    topic is locked and counted once."""
    log.ask(by, "spammer_removed")
    if any(not may_be_sanctioned(member) or member == by for member in members):
        raise PermissionDenied(
            "Nobody removes those who look after the site: first their rights are taken back."
        )
    actions = [_standing(member) or _begin(member, by, rule, reason, case, facts) for member in members]
    _in_batches(_written(members), lambda topics: _hide(members, actions, topics))
    have_cases = _with_open_cases(members)
    for member, action in zip(members, actions, strict=True):
        if member.pk in have_cases:
            waiting.sweep(member, action)
            Case.objects.filter(_about([member])).close(action)
    return actions


def _about(members) -> Q:
    """Cases about them, or about what they wrote."""
    theirs = Q(comment__author__in=members) | Q(topic__author__in=members) | Q(held__author__in=members)
    return theirs | Q(member__in=members)


def _with_open_cases(members) -> set[int]:
    """Of whom something is before the moderators; whatever waits to be posted is. One query."""
    whose = ("comment__author", "topic__author", "held__author", "member")
    found = Case.objects.waiting().filter(_about(members)).values_list(*whose)
    return {pk for row in found for pk in row}


@transaction.atomic
def _begin(member, by, rule, reason, case, more):
    """Nothing of theirs can come in from here on. Of two at the same moment one begins, and both go on with it."""
    member.await_turn()
    if begun := _standing(member):
        return begun
    why = reason or (str(rule) if rule else "Spam")
    sanction = member.suspend(by=by, reason=why, rule=str(rule) if rule else "")
    facts = (more or {}) | {
        "sanction": sanction.pk,
        "comments": member.comments.filter(deleted_at=None, hidden_at=None).count(),
        "topics": member.topics.filter(deleted_at=None, hidden_at=None).count(),
    }
    return log.record(
        "spammer_removed", by=by, member=member, rule=rule, reason=reason, facts=facts, case=case
    )


def _standing(member):
    """Their removal; none where they have been let in again since, so that the next one keeps them out anew."""
    newest = Action.objects.standing().filter(verb="spammer_removed", member=member).first()
    keeps_out = newest and Sanction.objects.in_force().filter(pk=newest.facts["sanction"]).exists()
    return newest if keeps_out else None


def broken_off(member) -> Action | None:
    """Their removal, where something of theirs can be seen all the same; removing them once more goes on with it.
    One query for those who have not been removed."""
    action = _standing(member)
    if action is None:
        return None
    seen = {"deleted_at": None, "hidden_at": None}
    is_left = member.comments.filter(**seen).exists() or member.topics.filter(**seen).exists()
    return action if is_left or member.held.waiting().exists() else None


def going_on(removals):
    """Those of these acts that stand, or have been undone in part."""
    comments = Comment.objects.filter(hidden_in=OuterRef("pk"))
    topics = Topic.objects.filter(hidden_in=OuterRef("pk"))
    return removals.filter(Q(undoing=None) | Exists(comments) | Exists(topics))


def _written(members):
    """The ids of all topics that have something of theirs, hidden ones too; and of their own that were merged: those
    can be parted again."""
    of_theirs = Q(author__in=members) | Q(pk__in=Comment.objects.filter(author__in=members).values("topic"))
    merged = Q(author__in=members, merged_into__isnull=False)
    there = Topic.objects.filter(Q(of_theirs, deleted_at=None) | merged)
    return there.order_by("pk").values_list("pk", flat=True)


def _in_batches(ids, work):
    rest = iter(list(ids))
    while some := list(islice(rest, TOGETHER)):
        with transaction.atomic():
            topics = list(Topic.objects.select_for_update().filter(pk__in=some).order_by("pk"))
            for topic in topics:
                topic.changed()
            work(topics)
            settling.settle(some)
            for topic in topics:
                topic.sight_changed()


def _hide(members, actions, topics):
    """All of theirs in these topics, each by the act about its author."""
    acts = [member.pk for member in members], [action.pk for action in actions]
    act = RawSQL(
        "(SELECT act FROM unnest(%s::bigint[], %s::bigint[]) AS pair(member, act) WHERE member = author_id)",
        acts,
    )
    hidden = {"hidden_at": timezone.now(), "hidden_by": actions[0].by, "hidden_in": act}
    theirs = Comment.objects.filter(author__in=members, topic__in=topics, deleted_at=None, hidden_at=None)
    Topic.objects.filter(pk__in=theirs.filter(seq=1).values("topic")).update(excerpt="")
    theirs.filter(seq=1).rewrite(**hidden)
    theirs.filter(seq__gt=1).rewrite(**hidden, swept_in=act)
    opened = Topic.objects.filter(author__in=members, hidden_at=None, pk__in=[topic.pk for topic in topics])
    opened.update(**hidden)


def restore(action: Action, *, by, reason="", undoes) -> Action:
    """Bring back all that removing them hid, and let them in again."""
    return restore_all([action], by=by, reason=reason)[0]


def restore_all(actions: list[Action], *, by, reason="") -> list[Action]:
    """The same for many at once. What has been undone already is taken up where it was broken off."""
    log.ask(by, "spammer_restored")
    undone = [act.undoing if act.is_undone else _begin_again(act, by, reason) for act in actions]
    ids = _hidden_by(actions).order_by("pk").values_list("pk", flat=True)
    _in_batches(ids, lambda topics: _show(actions, topics))
    return undone


def is_unfinished(action: Action) -> bool:
    """Has the restoring begun and been broken off?"""
    return action.is_undone and _hidden_by([action]).exists()


@transaction.atomic
def _begin_again(action, by, reason):
    Sanction.objects.get(pk=action.facts["sanction"]).lift(by=by)
    waiting.unsweep(action)
    return log.record("spammer_restored", by=by, member=action.member, reason=reason, undoes=action)


def _hidden_by(actions):
    theirs = Comment.objects.filter(hidden_in__in=actions).values("topic")
    return Topic.objects.filter(Q(hidden_in__in=actions) | Q(pk__in=theirs))


def _show(actions, topics):
    ids = [topic.pk for topic in topics]
    openings = Comment.objects.filter(hidden_in__in=actions, topic__in=ids, seq=1, deleted_at=None)
    for topic, html in openings.values_list("topic", "body_html"):
        Topic.objects.filter(pk=topic).update(excerpt=markup.excerpt(html))
    hiding = set(
        Comment.objects.filter(hidden_in__in=actions, topic__in=ids).values_list("hidden_in", flat=True)
    )
    for action in actions:
        if action.pk in hiding:
            branches.unhide(action, ids)
    opened = Topic.objects.filter(hidden_in__in=actions, pk__in=ids)
    opened.update(hidden_at=None, hidden_by=None, hidden_in=None)
