"""Keyset pagination: a page begins after the last row of the one before. Page 1,000 costs the same as page 1."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

from config.caching.compiled_queries import compiled

SIZE = 30
NEWEST = ["-created_at", "-pk"]
"""The order of most lists."""


class Pages:
    """One page of `queryset`, ordered by two columns such as `["-last_comment_at", "-pk"]`.

    The second column must be unique, and both must have the same direction. `?before=` has the two values of the last
    row of the previous page; a wrong value raises `BadRequest`. `first` are the rows of the first page and one more,
    if they have been loaded already; the first page then needs no `queryset`.
    """

    def __init__(
        self,
        request,
        queryset: QuerySet | None,
        order: list[str],
        size: int = SIZE,
        first: list | None = None,
    ):
        self.request, self.order, self.size = request, order, size
        self.queryset = queryset.order_by(*order) if queryset is not None else None
        self.before = request.GET.get("before", "")
        if first is not None and self.is_first:
            self.rows = first

    @property
    def is_first(self) -> bool:
        return not self.before

    @cached_property
    def rows(self) -> list:
        """The rows of the page and the next one. One query."""
        found = self.queryset if self.is_first else self.queryset.filter(self._beyond())
        return list(found[: self.size + 1])

    def __iter__(self):
        return iter(self.rows[: self.size])

    def __len__(self):
        return min(len(self.rows), self.size)

    @property
    def older(self) -> str:
        """The URL of the next page; "" on the last."""
        if len(self.rows) <= self.size:
            return ""
        last = self.rows[self.size - 1]
        column, key = (getattr(last, name.lstrip("-")) for name in self.order)
        text = column.isoformat() if isinstance(column, datetime) else column
        return self._address({"before": f"{text}_{key}"})

    @property
    def newest(self) -> str:
        """The URL of the first page; "" if this is it."""
        return "" if self.is_first else self._address({})

    def _address(self, values):
        kept = {name: value for name, value in self.request.GET.items() if name != "before"}
        return f"?{urlencode(kept | values)}" if kept | values else self.request.path

    def _beyond(self):
        column, key = self.order
        side = "lt" if column.startswith("-") else "gt"
        column, key = column.lstrip("-"), key.lstrip("-")
        value, last_key = self._parsed(column)
        # The second condition implies the first, but an index can only start from the first.
        return Q(**{f"{column}__{side}e": value}) & (
            Q(**{f"{column}__{side}": value}) | Q(**{f"{key}__{side}": last_key})
        )

    def _parsed(self, column):
        value, _, key = self.before.rpartition("_")
        try:
            field = self.queryset.model._meta.get_field(column)
            parsed = (
                datetime.fromisoformat(value) if field.get_internal_type() == "DateTimeField" else int(value)
            )
            if isinstance(parsed, datetime) and parsed.tzinfo is None:
                raise ValueError("no time zone")
            if not 0 < int(key) < 2**63 or (isinstance(parsed, int) and abs(parsed) >= 2**31):
                raise ValueError("out of range")
        except (ValueError, OverflowError):
            raise BadRequest("There is no such page of this list. Please start again at its top.") from None
        return parsed, int(key)


def compiled_pages(build: Callable[..., QuerySet], order: list[str]) -> Callable[..., Pages]:
    """Return a function that makes the pages of what `build` selects: `pages(request, *given)`.

    The statement of the first page, which nearly everybody requests, is compiled once (`compiled`).
    """
    first = compiled(lambda *given: build(*given).order_by(*order)[: SIZE + 1])

    def pages(request, *given) -> Pages:
        if request.GET.get("before"):
            return Pages(request, build(*given), order)
        return Pages(request, None, order, first=first(*given))

    return pages
