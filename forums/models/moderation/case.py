from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from forums.access import permissions
from forums.models.community.rule import Rule
from forums.models.discussion.category import Category
from forums.models.discussion.comment import Comment
from forums.models.discussion.topic import Topic
from forums.models.moderation.about_item import KINDS, AboutItem, exactly_one, kind_of
from forums.models.moderation.action import Action
from forums.models.moderation.pending_post import PendingPost
from forums.models.moderation.report import Report
from forums.models.notifications import outbox

ABOUT = (*KINDS, "pending_post")
"""The kinds of items that a case can be about."""
CLAIMED_FOR = timedelta(minutes=15)
"""How long a claim keeps other moderators from deciding a case."""


def _around():
    return [
        Prefetch("comment", Comment.objects.with_context()),
        Prefetch("topic", Topic.objects.select_related("category__parent", "author")),
        Prefetch("pending_post", PendingPost.objects.with_place()),
        Prefetch("outcome", Action.objects.select_related("rule")),
        Prefetch("member"),
        Prefetch("claimed_by"),
    ]


class CaseQuerySet(models.QuerySet):
    def about(self, item):
        return self.filter(**{kind_of(item): item})

    def pending(self):
        return self.filter(closed_at=None)

    def moderated_by(self, user):
        """Cases in the categories that `user` moderates. Cases about members are for moderators of the site."""
        where = Category.objects.moderated_by(user)
        topics = Q(comment__topic__category__in=where) | Q(topic__category__in=where)
        topics |= Q(pending_post__topic__category__in=where) | Q(pending_post__category__in=where)
        return self.filter(topics | Q(member__isnull=False) if permissions.is_moderator(user) else topics)

    def pending_for(self, moderator):
        """The open cases that `moderator` may decide, the oldest first.

        Cases about their own texts are left to others, except for administrators, who may be the only ones.
        """
        mine = Q(comment__author=moderator) | Q(topic__author=moderator) | Q(member=moderator)
        mine |= Q(pending_post__author=moderator)
        found = self.pending().moderated_by(moderator).order_by("opened_at", "pk")
        # The condition uses the joins that the query has anyway. A subquery would read all open cases for each page.
        return found if moderator.is_superuser else found.exclude(mine)

    def unclaimed_for(self, moderator):
        """Without the cases that other moderators have claimed."""
        stale = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIMED_FOR)
        return self.filter(stale | Q(claimed_by=moderator))

    def with_item(self):
        """Each with its item, category and author. Seven queries for any number of cases.

        A single query would join sixteen tables, and planning it would take Postgres 100 ms.
        """
        return self.prefetch_related(*_around())

    def complete(self, cases) -> None:
        """Fetch the relations of `with_item` for these cases, except those that none of them has.

        Django takes as long to skip an empty relation as to query it.
        """
        needed = [
            each for each in _around() if any(getattr(case, f"{each.prefetch_to}_id") for case in cases)
        ]
        prefetch_related_objects(cases, *needed)

    def open_about(self, item, why: str, found: str = ""):
        """Lock the open case about `item`, and open one if there is none. Call it in a transaction."""
        values = {kind_of(item): item}
        try:
            with transaction.atomic():
                self.create(why=why, found=found[:200], **values)
        except IntegrityError as error:
            # Another transaction has just opened it. The next statement waits for its commit.
            if not error.__cause__.diag.constraint_name.startswith("case_open_"):
                raise
        return self.select_for_update().get(closed_at=None, **values)

    def close(self, action) -> None:
        """Close all of these cases with `action`."""
        Case.objects.close_each(dict.fromkeys(self.pending().values_list("pk", flat=True), action))

    @transaction.atomic
    def close_each(self, outcomes: dict[int, Action]) -> None:
        """Close cases, each with its own action, and notify the reporters. Four statements for a hundred cases."""
        pending = self.pending().filter(pk__in=outcomes).order_by("pk").select_for_update(of=["self"])
        if not (cases := list(pending.only("pk"))):
            return
        for case in cases:
            case.outcome = outcomes[case.pk]
            case.closed_at = case.outcome.at
        self.bulk_update(cases, ["closed_at", "outcome"], batch_size=100)
        reporters = defaultdict(list)
        for case, by in Report.objects.filter(case__in=cases).values_list("case", "by"):
            reporters[case].append(by)
        outbox.decided(outcomes, reporters)

    def miscounted(self):
        """Cases whose `reports_count` is not the number of their reports."""
        return self.annotate(counted=Count("reports")).exclude(counted=F("reports_count"))


class Case(AboutItem):
    """An item under review, with all reports about it. At most one case is open for each item."""

    class Why(models.TextChoices):
        # The values are stored. They keep their words when a name here changes.
        REPORTED = "reported", "reported"
        PENDING = "held", "waiting for approval"
        FILTERED = "filtered", "caught by a filter"

    kinds = ABOUT
    pending_post = models.ForeignKey("forums.PendingPost", models.CASCADE, null=True, related_name="cases")
    why = models.CharField(max_length=8, choices=Why, default=Why.REPORTED)
    found = models.CharField(max_length=200, blank=True, help_text="The words that a filter has matched.")
    opened_at = models.DateTimeField(default=timezone.now)
    reports_count = models.PositiveIntegerField(default=0)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.ForeignKey("forums.Action", models.PROTECT, null=True, related_name="closed_cases")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=exactly_one(ABOUT), name="case_about_one"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome=None) | Q(closed_at__isnull=False, outcome__isnull=False),
                name="case_closed_by_something",
            ),
            *(
                models.UniqueConstraint(
                    fields=[kind], condition=Q(closed_at=None), name=f"case_open_{kind}_once"
                )
                for kind in ABOUT
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], name="case_waiting", condition=Q(closed_at=None)),
        ]

    def __str__(self):
        return f"Case {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_gone(self) -> bool:
        """Whether the author has deleted the item, so that nothing is left to judge."""
        return self.kind in ("comment", "topic") and self.item.deleted_at is not None

    @property
    def category(self):
        """The category whose moderators decide the case. None for a member."""
        if self.pending_post_id:
            return self.pending_post.place
        return self.discussion.category if self.discussion else None

    @property
    def claimant(self):
        """The moderator who has claimed the case. None if nobody has, or the claim has expired."""
        if self.claimed_at is None or self.claimed_at < timezone.now() - CLAIMED_FOR:
            return None
        return self.claimed_by

    @property
    def named_rule(self):
        """The rule that most of the reports name, or None. One query."""
        named = self.reports.values("rule").annotate(count=Count("pk")).order_by("-count", "rule").first()
        return named and Rule.objects.get(pk=named["rule"])

    def get_absolute_url(self):
        return f"/moderation/?case={self.pk}"

    def claim(self, by) -> bool:
        """Keep other moderators from deciding the case for `CLAIMED_FOR`. Returns whether the claim succeeded.

        A single statement decides between moderators who claim at the same time.
        """
        free = Case.objects.filter(pk=self.pk, closed_at=None).unclaimed_for(by)
        taken = free.update(claimed_by=by, claimed_at=timezone.now()) == 1
        self.refresh_from_db(fields=["claimed_by", "claimed_at", "closed_at"])
        return taken

    @property
    def claim_refusal(self) -> str:
        """Why a claim has failed, as a sentence for the moderator."""
        if not self.is_open:
            return "Somebody else has decided this meanwhile."
        return f"{self.claimed_by or 'Somebody else'} is looking at this just now."

    def release(self, by) -> None:
        """Give up the claim of `by`. The claim of another moderator stays."""
        Case.objects.filter(pk=self.pk, claimed_by=by).update(claimed_by=None, claimed_at=None)
