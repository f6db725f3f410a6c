"""A crowd of new accounts that writes everywhere at once: found by when they came and wrote, removed by one press."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Count, Exists, Max, OuterRef, Q, Value
from django.utils import timezone

from accounts.models import Trust, User
from forums import categories
from forums.models import Action, Comment
from forums.moderation import spam
from forums.queue.few import few

MOST = 2_000
"""Accounts that one press removes."""
WRITTEN = {10: "ten minutes", 30: "half an hour", 60: "hour", 360: "six hours", 1440: "day"}
"""Minutes within which they have written."""
JOINED = {1: "a day ago at most", 7: "a week ago at most", 30: "a month ago at most", 36_500: "whenever"}
"""Days since they have joined."""
REMEMBERED = timedelta(days=7)
"""How long a removal is offered to be undone as a whole; each account's own is in the log for ever."""


@dataclass(frozen=True)
class Raid:
    """Those who joined `days` before `until` at most and wrote within `minutes` before it. Regular members and those
    who look after the site, or moderate any part of it, are never among them."""

    minutes: int
    days: int
    until: datetime

    def suspects(self):
        """Members with how much they wrote and when last, the busiest first; one query while categories are cached.
        Those whose removal was broken off are among them."""
        wrote_after = self.until - timedelta(minutes=self.minutes)
        removals = Action.objects.standing().filter(verb="spammer_removed", member=OuterRef("pk"))
        broken_off = Q(Exists(removals), comments__hidden_at=None, comments__deleted_at=None)
        found = User.objects.filter(
            Q(suspended_at=None) | broken_off,
            date_joined__gt=self.until - timedelta(days=self.days),
            trust__lt=Trust.REGULAR,
            comments__created_at__gt=wrote_after,
            comments__created_at__lte=self.until,
        ).exclude(pk__in=User.objects.staff().values("pk"))
        found = found.exclude(groups__in=categories.moderating_groups())
        counted = found.annotate(
            written=Count("comments"), last=Max("comments__created_at"), is_moderator=Value(False)
        )
        return counted.order_by("-written", "pk")[:MOST]


def last_words(members, viewer) -> dict[int, Comment]:
    """By the member, what they wrote last, where `viewer` may see that; two queries."""
    newest = few("forums_comment", "author_id", "created_at DESC", [member.pk for member in members], 1)
    found = Comment.objects.visible_to(viewer).filter(pk__in=newest).only("author", "body_html", "topic")
    return {comment.author_id: comment for comment in found}


def remove(raid: Raid, spared: set[int], *, by, rule=None, reason="") -> list[Action]:
    """Remove all of them but the spared, as spammers; each has a line of their own in the log."""
    members = [member for member in raid.suspects() if member.pk not in spared]
    if not members:
        return []
    return spam.remove_all(members, by=by, rule=rule, reason=reason, facts={"raid": uuid4().hex})


def recent() -> list[dict]:
    """Removals of the last days that stand, also in part: their key, when, by whom and of how many; one query."""
    since = timezone.now() - REMEMBERED
    raids = Action.objects.filter(verb="spammer_removed", at__gt=since, facts__has_key="raid")
    acts = spam.going_on(raids)
    return list(
        acts.values("facts__raid", "by__username")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by("-last")
    )


def restore(key: str, *, by, reason="") -> list[Action]:
    """Bring back everybody whom one press has removed."""
    removals = Action.objects.filter(verb="spammer_removed", facts__raid=key).select_related("member", "by")
    acts = spam.going_on(removals)
    return spam.restore_all(list(acts), by=by, reason=reason) if acts else []
