"""Removing a spammer: all they have put here disappears with one press, and can come back with another."""

from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Sanction
from accounts.models.sanction import may_be_sanctioned
from forums import markup, recount
from forums.models import Action, Case, Comment, Topic
from forums.moderation import branches, log, waiting

TOGETHER = 50
"""Topics that are locked at once: those who write in them wait meanwhile."""


def remove(member, *, by, rule=None, reason="", case=None) -> Action:
    """Shut the door to `member`, and hide every topic and comment of theirs.

    The act is one line of the log; the hiding goes on in batches, each a transaction. Broken off in between it is
    taken up again by pressing once more. PermissionDenied for those who look after the site.
    """
    log.ask(by, "spammer_removed")
    if not may_be_sanctioned(member) or member == by:
        raise PermissionDenied(
            "Nobody removes those who look after the site: first their rights are taken back."
        )
    action = _standing(member) or _begin(member, by, rule, reason, case)
    _in_batches(_written(member), lambda topics: _hide(member, action, topics))
    waiting.sweep(member, action)
    theirs = Q(comment__author=member) | Q(topic__author=member) | Q(held__author=member) | Q(member=member)
    with transaction.atomic():
        Case.objects.filter(theirs).close(action)
    return action


@transaction.atomic
def _begin(member, by, rule, reason, case):
    """Nothing of theirs can come in from here on."""
    why = reason or (str(rule) if rule else "Spam")
    sanction = member.suspend(by=by, reason=why, rule=str(rule) if rule else "")
    facts = {
        "sanction": sanction.pk,
        "comments": member.comments.filter(deleted_at=None, hidden_at=None).count(),
        "topics": member.topics.filter(deleted_at=None, hidden_at=None).count(),
    }
    return log.record(
        "spammer_removed", by=by, member=member, rule=rule, reason=reason, facts=facts, case=case
    )


def _standing(member):
    return Action.objects.standing().filter(verb="spammer_removed", member=member).first()


def _written(member):
    """The ids of all topics that have something of theirs, hidden ones too."""
    of_theirs = Q(author=member) | Q(pk__in=member.comments.values("topic"))
    return Topic.objects.filter(of_theirs, deleted_at=None).order_by("pk").values_list("pk", flat=True)


def _in_batches(ids, work):
    rest = iter(list(ids))
    while some := list(islice(rest, TOGETHER)):
        with transaction.atomic():
            topics = list(Topic.objects.select_for_update().filter(pk__in=some).order_by("pk"))
            for topic in topics:
                topic.changed()
            work(topics)
            recount.settle(some)
            for topic in topics:
                topic.sight_changed()


def _hide(member, action, topics):
    hidden = {"hidden_at": timezone.now(), "hidden_by": action.by, "hidden_in": action}
    theirs = Comment.objects.filter(author=member, topic__in=topics, deleted_at=None, hidden_at=None)
    Topic.objects.filter(pk__in=theirs.filter(seq=1).values("topic")).update(excerpt="")
    theirs.filter(seq=1).rewrite(**hidden)
    theirs.filter(seq__gt=1).rewrite(**hidden, swept_in=action)
    Topic.objects.filter(author=member, hidden_at=None, pk__in=[topic.pk for topic in topics]).update(
        **hidden
    )


def restore(action: Action, *, by, reason="", undoes) -> Action:
    """Bring back all that removing them hid, and let them in again."""
    log.ask(by, "spammer_restored")
    undone = action.undoing if action.is_undone else _begin_again(action, by, reason, undoes)
    ids = _hidden_by(action).order_by("pk").values_list("pk", flat=True)
    _in_batches(ids, lambda topics: _show(action, topics))
    return undone


def is_unfinished(action: Action) -> bool:
    """Has the restoring begun and been broken off?"""
    return action.is_undone and _hidden_by(action).exists()


@transaction.atomic
def _begin_again(action, by, reason, undoes):
    Sanction.objects.get(pk=action.facts["sanction"]).lift(by=by)
    waiting.unsweep(action)
    return log.record("spammer_restored", by=by, member=action.member, reason=reason, undoes=undoes)


def _hidden_by(action):
    theirs = Comment.objects.filter(hidden_in=action).values("topic")
    return Topic.objects.filter(Q(hidden_in=action) | Q(pk__in=theirs))


def _show(action, topics):
    ids = [topic.pk for topic in topics]
    openings = Comment.objects.filter(hidden_in=action, topic__in=ids, seq=1, deleted_at=None)
    for topic, html in openings.values_list("topic", "body_html"):
        Topic.objects.filter(pk=topic).update(excerpt=markup.excerpt(html))
    branches.unhide(action, ids)
    Topic.objects.filter(hidden_in=action, pk__in=ids).update(hidden_at=None, hidden_by=None, hidden_in=None)
