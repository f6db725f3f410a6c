"""The filters of a query for a viewer: as marks for the index, and as conditions for the rows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from forums.access import permissions
from forums.listing import categories
from forums.models import Outcome
from forums.search import marks
from forums.search.query import Query
from forums.tags import seen


class Filters:
    """The filters of a query. At most three queries.

    `marks` are for the index, and include which comments `user` may read. `conditions` are for the rows and do not: a
    search also keeps only the rows that are `visible_to(user)`.

    A filter whose value does not exist for the viewer is added to `unknown`.
    """

    def __init__(self, user, wanted: Query, unknown: list[str]) -> None:
        self.conditions: list[Q] = []
        self._marks: list[str] = []
        self._read_category(user, wanted, unknown)
        if wanted.author:
            author = User.objects.visible_to(user).named(wanted.author).values_list("pk", flat=True)
            if pk := author.first():
                self._keep([marks.author(pk)], author=pk)
            else:
                unknown.append(f"author:{wanted.author}")
        if wanted.tag:
            if tag := seen.find(user, wanted.tag):
                self._keep([marks.tag(tag.name)], topic__tags__sharing=[tag.name])
            else:
                unknown.append(f"tag:{wanted.tag}")
        if wanted.topic:
            self._keep([marks.topic(wanted.topic)], topic=wanted.topic)
        if wanted.after or wanted.before:
            self._keep(marks.between(wanted.after, wanted.before, timezone.now().date()) or [marks.NOTHING])
        if wanted.after:
            self.conditions.append(Q(created_at__gte=_start_of(wanted.after)))
        if wanted.before and wanted.before < date.max:
            self.conditions.append(Q(created_at__lt=_start_of(wanted.ends)))
        if "picture" in wanted.has:
            self._keep([marks.PICTURE], search_entry__has_picture=True)
        if "poll" in wanted.has:
            self._keep([marks.POLL], search_entry__has_poll=True)
        if "decision" in wanted.has:
            decided = Outcome.objects.given().filter(topic=OuterRef("topic"))
            self._keep([marks.DECISION], Exists(decided), seq=1)
        if not permissions.is_moderator(user) and not categories.moderates_any(user):
            self._marks.append(f"!'{marks.HIDDEN}'")

    def _read_category(self, user, wanted, unknown):
        seen = {category.pk: category for category in categories.seen_by(user)}
        called = wanted.category.lower()
        chosen = [each for each in seen.values() if called in (each.slug.lower(), each.name.lower())]
        if wanted.category and not chosen:
            unknown.append(f"in:{wanted.category}")
        if chosen:
            own = [
                pk for pk, each in seen.items() if each.pk == chosen[0].pk or each.parent_id == chosen[0].pk
            ]
            self._keep(map(marks.category, own), topic__category__among=own)
        elif unseen := categories.unseen_by(user):
            # The shorter list, because Postgres tries each of its marks.
            if len(unseen) < len(seen):
                self._marks += [f"!'{marks.category(pk)}'" for pk in unseen]
            else:
                self._keep([marks.category(pk) for pk in seen] or [marks.NOTHING])

    def _keep(self, given: Iterable[str], *conditions, **condition) -> None:
        self._marks.append("({})".format(" | ".join(f"'{mark}'" for mark in given)))
        self.conditions.append(Q(*conditions, **condition))

    @property
    def marks(self) -> str:
        return " & ".join(self._marks)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
