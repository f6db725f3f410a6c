"""A raid: many new accounts that post at once. They are found by when they joined and posted, and removed together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Count, Exists, Max, OuterRef, Q, Value
from django.utils import timezone

from accounts.models import Trust, User
from forums.listing import categories
from forums.models import Action, BackgroundAct, Comment
from forums.moderation import long_acts
from forums.moderation.acts import spam
from forums.moderation.queue.top_n_per_group import top_ids

MOST = 2_000
"""Accounts that are removed at once."""
WRITTEN = {10: "ten minutes", 30: "half an hour", 60: "hour", 360: "six hours", 1440: "day"}
"""Minutes within which they posted."""
JOINED = {1: "a day ago at most", 7: "a week ago at most", 30: "a month ago at most", 36_500: "whenever"}
"""Days within which they joined."""
REMEMBERED = timedelta(days=7)
"""How long the page offers to restore a whole raid. Single accounts can always be restored from the log."""


@dataclass(frozen=True)
class Raid:
    """The accounts that joined at most `days` before `until` and posted within `minutes` before it.

    Regular members, staff and moderators of any category are never included.
    """

    minutes: int
    days: int
    until: datetime

    def suspects(self):
        """The members, with the number and time of their posts, the busiest first.

        Includes members whose removal was interrupted. One query while categories are cached.
        """
        wrote_after = self.until - timedelta(minutes=self.minutes)
        removals = Action.objects.not_undone().filter(verb="spammer_removed", member=OuterRef("pk"))
        interrupted = Q(Exists(removals), comments__hidden_at=None, comments__deleted_at=None)
        found = User.objects.filter(
            Q(suspended_at=None) | interrupted,
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
    """By the id of the member, their last comment if `viewer` may see it. Two queries."""
    newest = top_ids("forums_comment", "author_id", "created_at DESC", [member.pk for member in members], 1)
    found = Comment.objects.visible_to(viewer).filter(pk__in=newest).only("author", "topic").beginnings()
    return {comment.author_id: comment for comment in found}


def remove(
    raid: Raid, ticked: set[int], *, others: bool, by, rule=None, reason=""
) -> list[Action] | BackgroundAct:
    """Remove the `ticked` suspects as spammers, or all `others`. Each has a line in the log."""
    members = [member for member in raid.suspects() if (member.pk in ticked) != others]
    if not members:
        return []
    return long_acts.REMOVE_ALL(members, by=by, rule=rule, reason=reason, facts={"raid": uuid4().hex})


def recent() -> list[dict]:
    """Raids removed lately and not fully restored: key, time, moderator and number of accounts. One query."""
    since = timezone.now() - REMEMBERED
    raids = Action.objects.filter(verb="spammer_removed", at__gt=since, facts__has_key="raid")
    acts = spam.going_on(raids)
    return list(
        acts.values("facts__raid", "by__username")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by("-last")
    )


def restore(key: str, *, by, reason="") -> list[Action] | BackgroundAct:
    """Restore all accounts that were removed together under `key`."""
    removals = Action.objects.filter(verb="spammer_removed", facts__raid=key).select_related("member", "by")
    acts = spam.going_on(removals)
    return long_acts.RESTORE_ALL(list(acts), by=by, reason=reason) if acts else []
