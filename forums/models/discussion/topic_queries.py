"""Queries for topics: what a viewer may see, and all that a list shows."""

from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q
from django.db.models.functions import JSONObject, Now

from forums.access import permissions
from forums.models.community import tag_lookups  # noqa: F401  # registers `tags__tagged`
from forums.models.discussion.category import Category
from forums.models.personal.watch import Watch

PERIODS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30), "all": None}

PEOPLE_FROM = 12
"""The compact list shows who wrote the last so many comments of a topic."""
_IN_LISTS = (
    "title", "slug", "excerpt", "created_at", "version", "last_seq", "last_comment_at", "comment_count", "score",
    "accepted", "pinned_at", "locked_at", "debate_from", "tags", "category__name", "category__slug",
    "category__colour", "author__username", "author__avatar", "author__deleted_at", "last_author__username",
    "last_author__deleted_at",
)  # fmt: skip

_IN_ROWS = (
    "pk", "title", "slug", "excerpt", "last_seq", "created_at", "last_comment_at", "comment_count", "score",
    "accepted_id", "pinned_at", "locked_at", "debate_from", "decided_at", "panel_count", "tags", "category__name",
    "category__slug", "category__colour", "author__username", "author__avatar", "author__deleted_at",
    "last_author__username", "last_author__deleted_at",
)  # fmt: skip


class TopicQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the topics that `user` may see. Any other topic does not exist for them."""
        seen = self.filter(category__in=Category.objects.visible_to(user), deleted_at=None)
        if permissions.is_moderator(user):
            return seen
        return seen.filter(Q(hidden_at=None) | Q(category__in=Category.objects.moderated_by(user)))

    def with_visit_of(self, user):
        """Add the member's visit as `visit_*` columns, which are null without one. No further query."""
        if not user.is_authenticated:
            return self
        return self.annotate(
            own_visit=FilteredRelation("visits", condition=Q(visits__member=user)),
            visit_baseline=F("own_visit__baseline_seq"),
            visit_latest=F("own_visit__latest_seq"),
            visit_seen_at=F("own_visit__seen_at"),
        )

    def for_list(self, user):
        """Load all that a row in a list shows, in one query."""
        return (
            self.visible_to(user)
            .with_visit_of(user)
            .select_related("category", "author", "last_author")
            .only(*_IN_LISTS)
        )

    def rows(self):
        """Load named tuples instead of topics, with all that `forums.listing.row_html` fills in. After `for_list`.

        Building a topic, its category and its author was most of the cost of a list.
        """
        given = [name for name in ("visit_latest", "is_unseen", "people") if name in self.query.annotations]
        return self.select_related(None).values_list(*_IN_ROWS, *given, named=True)

    def with_people(self):
        """Add `people`: name and picture of the authors of the last PEOPLE_FROM comments, the latest first.

        In the same query. Reads only so many rows of each topic, by the index of `seq`.
        """
        comments = self.model._meta.get_field("comments").related_model.objects.readable()
        by_members = comments.filter(topic=OuterRef("pk"), author__isnull=False, author__deleted_at=None)
        person = JSONObject(name="author__username", avatar="author__avatar")
        return self.annotate(
            people=ArraySubquery(by_members.order_by("-seq").values_list(person)[:PEOPLE_FROM])
        )

    def created_within(self, period: str):
        """Keep topics opened within `period`, a key of `PERIODS`."""
        length = PERIODS[period]
        return self if length is None else self.filter(created_at__gte=Now() - length)

    def unanswered(self):
        """Keep topics without replies that take some. Topics whose debate has not begun are left out."""
        is_begun = Q(debate_from=None) | Q(debate_from__lte=Now())
        return self.filter(is_begun, comment_count=0, locked_at=None)

    def with_part_of(self, user):
        """Keep topics that `user` opened or replied in."""
        return self.filter(pk__in=user.comments.values("topic"))

    def outside_of(self, categories):
        """Leave out the topics of these categories, given by their ids."""
        return self.exclude(category__among=categories) if categories else self

    def tagged(self, name: str):
        """Keep topics that have this tag. Raises ValueError for a text that no tag can have as its name."""
        return self.filter(tags__tagged=name)

    def without_tags(self, names):
        """Leave out topics that have one of these tags."""
        return self.exclude(tags__sharing=names) if names else self

    def watched_by(self, user, categories, tags=(), muted_tags=()):
        """Keep topics that `user` watches or follows: themselves, a branch, one of `tags` or one of `categories`.

        Of the last two those without any of `muted_tags`. Marks topics without a visit as `is_unseen`. Needs
        `with_visit_of`.
        """
        own = Watch.objects.filter(member=user)
        near = Q(pk__in=own.not_muted().filter(topic__isnull=False).values("topic"))
        near |= Q(pk__in=own.not_muted().filter(comment__isnull=False).values("comment__topic"))
        muted = own.filter(topic__isnull=False, level=Watch.Level.MUTED)
        far = Q(category__among=categories) & ~Q(pk__in=muted.values("topic"))
        if tags:
            far |= Q(tags__sharing=tags) & ~Q(pk__in=muted.values("topic"))
        if muted_tags:
            far &= ~Q(tags__sharing=muted_tags)
        return self.filter(near | far).annotate(is_unseen=Q(visit_latest=None))

    def of_category(self, category):
        """Keep the topics of `category` and of its children."""
        return self.filter(Q(category=category) | Q(category__parent=category))
