"""Lists a page at a time, by the place of the last row instead of a count: page 1,000 costs what page 1
costs."""

from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q

SIZE = 30


class Pages:
    """One page of `queryset`, ordered by two columns of which the second is unique: `["-last_comment_at",
    "-pk"]`.

    `?before=` holds the two values of the last row of the page before. Both columns run the same way. `first` are the
    rows of the first page and the one after, if they have been fetched already. Raises `BadRequest` for a value that
    cannot be one.
    """

    def __init__(self, request, queryset, order: list[str], size: int = SIZE, first: list | None = None):
        self.request, self.order, self.size = request, order, size
        self.queryset = queryset.order_by(*order)
        self.before = request.GET.get("before", "")
        if first is not None and self.is_first:
            self.rows = first

    @property
    def is_first(self) -> bool:
        return not self.before

    @cached_property
    def rows(self) -> list:
        """The page's rows and the one after; one query."""
        found = self.queryset if self.is_first else self.queryset.filter(self._beyond())
        return list(found[: self.size + 1])

    def __iter__(self):
        return iter(self.rows[: self.size])

    def __len__(self):
        return min(len(self.rows), self.size)

    @property
    def older(self) -> str:
        """The address of the next page; empty on the last."""
        if len(self.rows) <= self.size:
            return ""
        last = self.rows[self.size - 1]
        column, key = (getattr(last, name.lstrip("-")) for name in self.order)
        text = column.isoformat() if isinstance(column, datetime) else column
        return self._address({"before": f"{text}_{key}"})

    @property
    def newest(self) -> str:
        """The address of the first page; empty when this is it."""
        return "" if self.is_first else self._address({})

    def _address(self, values):
        kept = {name: value for name, value in self.request.GET.items() if name != "before"}
        return f"?{urlencode(kept | values)}" if kept | values else self.request.path

    def _beyond(self):
        column, key = self.order
        side = "lt" if column.startswith("-") else "gt"
        column, key = column.lstrip("-"), key.lstrip("-")
        value, last_key = self._parsed(column)
        # The first condition is implied by the second; it is what an index can start from.
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
            raise BadRequest("The address names a page of the list that cannot be.") from None
        return parsed, int(key)
