from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from config.web.durations import in_words
from forums.models.discussion import paths

PACES = {
    15: "once in 15 seconds",
    30: "once in 30 seconds",
    60: "once a minute",
    120: "once in 2 minutes",
    300: "once in 5 minutes",
    900: "once in a quarter of an hour",
    3600: "once an hour",
}
"""The choices of moderators, by seconds."""


class SlowModeQuerySet(models.QuerySet):
    def over(self, topic, parent):
        """Find the slow modes for replies to `parent`: that of the topic, and those of the branches it is in."""
        branches = Q(branch=None) | Q(branch__seq__in=paths.seqs(parent.path))
        found = self.filter(branches, topic=topic).select_related("branch").order_by("-seconds")
        return found.only("seconds", "scope", "topic", "branch__path")


class SlowMode(models.Model):
    """A limit of one reply per member in so many seconds: in a topic, in each of its branches, or in one branch.

    `Topic.is_slow` says whether a topic has any, so the others cost no query. Deleted replies count, because members
    could otherwise delete and post again without end. Moderators are exempt (`forums.models.discussion.reply_slot`).
    """

    class Scope(models.TextChoices):
        MEMBER = "member", "in the whole topic"
        BRANCH = "branch", "in each branch"

    topic = models.ForeignKey("forums.Topic", models.CASCADE, related_name="slow_modes", db_index=False)
    branch = models.ForeignKey(
        "forums.Comment", models.CASCADE, null=True, related_name="+", help_text="Empty: the whole topic."
    )
    seconds = models.PositiveIntegerField()
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.MEMBER)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = SlowModeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "branch"], name="slow_mode_once", nulls_distinct=False)
        ]

    def __str__(self):
        return f"Slow mode: each member may reply {self.pace} {self.where}."

    @property
    def pace(self) -> str:
        return PACES.get(self.seconds, f"once {in_words(self.seconds)}")

    @property
    def where(self) -> str:
        return "in this branch" if self.branch_id else self.get_scope_display()

    def counts(self, path: str, parent) -> bool:
        """Whether a comment at `path` makes its author wait before a reply to `parent`.

        Replies to the opening begin new branches. Together they count as one branch.
        """
        if self.branch_id:
            return path.startswith(self.branch.path)
        if self.scope == self.Scope.MEMBER:
            return True
        first = parent.path[: paths.WIDTH]
        return path.startswith(first) if first else len(path) == paths.WIDTH

    # --- Verbs ------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def impose(cls, topic, *, seconds: int, by, scope: str = Scope.MEMBER, branch=None) -> "SlowMode":
        """Set the slow mode of a topic or of one of its branches, in place of any before."""
        topic.bump_version(is_slow=True)
        pace = {"seconds": seconds, "scope": scope, "set_by": by, "set_at": timezone.now()}
        return cls.objects.update_or_create(topic=topic, branch=branch, defaults=pace)[0]

    @classmethod
    @transaction.atomic
    def lift(cls, topic, *, branch=None) -> None:
        """Undo `impose`. Doing it again is no error."""
        topic.lock_row()
        cls.objects.filter(topic=topic, branch=branch).delete()
        topic.bump_version(is_slow=topic.slow_modes.exists())


def waiting_time(topic, *, author, parent, token, at) -> tuple[int, SlowMode | None]:
    """Return how many seconds `author` must wait before a reply to `parent`, and because of which slow mode.

    0 if they need not wait. A comment stored under the same `token` does not count: it is the same one, sent again.
    The topic must be locked, so that one of two replies at the same time sees the other. Two queries.
    """
    modes = list(SlowMode.objects.over(topic, parent))
    if not modes:
        return 0, None
    earliest = at - timedelta(seconds=modes[0].seconds)
    said = topic.comments.filter(author=author, seq__gt=1, created_at__gt=earliest).exclude(token=token)
    waits = [
        (ceil(mode.seconds - (at - when).total_seconds()), mode)
        for path, when in said.values_list("path", "created_at")
        for mode in modes
        if mode.counts(path, parent)
    ]
    longest = max(waits, key=lambda each: each[0], default=(0, None))
    return longest if longest[0] > 0 else (0, None)
