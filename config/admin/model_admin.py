"""The base classes of all lists in the admin, which stay fast with millions of rows."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils import timezone

from config.admin.paginator import BoundedPaginator

MAX_MEMBERS = 100
"""At most this many members are matched by the beginning of a name."""


class NamedSplitDateTime(AdminSplitDateTime):
    """Names its two fields for screen readers, because one label stands for both. Names the time zone."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        for part, name in zip(self.widgets, ("Date", "Time"), strict=True):
            part.attrs["aria-label"] = name

    def get_context(self, name, value, attrs):
        zone = {"time_label": f"Time ({timezone.get_current_timezone_name()}):"}
        return super().get_context(name, value, attrs) | zone


class FastModelAdmin(admin.ModelAdmin):
    """A list that costs the same with a thousand rows and with a million.

    `search_fields` names number columns, which must match exactly, and foreign keys to members, which match by the
    beginning of the member's name. Django's own search joins tables and scans every row.
    """

    paginator = BoundedPaginator
    formfield_overrides = {models.DateTimeField: {"widget": NamedSplitDateTime}}
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    sortable_by = ()  # newest first uses an index; any other order would sort the table
    list_per_page = 50
    ordering = ("-pk",)

    def get_search_results(self, request, rows, words):
        words = words.strip()
        return (self.matching(rows, words) if words else rows), False

    def matching(self, rows, words: str):
        """Those of `rows` that match `words`. Uses indexes; one query beside the list's own."""
        found, opts, user_model = Q(pk__in=[]), self.opts, get_user_model()
        members = [
            name
            for name in self.search_fields
            if name != "pk" and opts.get_field(name).related_model is user_model
        ]
        if words.isdecimal():
            for name in set(self.search_fields) - set(members):
                found |= Q(**{name: words})
        if members:
            # A list of ids, not a subquery, because only then does each condition use an index.
            member_ids = list(
                user_model.objects.beginning_with(words).values_list("pk", flat=True)[:MAX_MEMBERS]
            )
            for name in members:
                found |= Q(**{f"{name}__in": member_ids})
        return rows.filter(found)

    def lookup_allowed(self, lookup, value, request):
        """Allow only the filters that the list shows.

        Django would allow any column under any condition. Staff could then guess hidden values one by one, or make
        Postgres scan a whole table.
        """
        return lookup in ("id__exact", "pk__exact") or any(
            lookup.startswith(name) and lookup.removeprefix(name) in CONDITIONS
            for name in map(_filter_name, self.get_list_filter(request))
        )


CONDITIONS = ("", "__exact", "__id__exact", "__isnull", "__isempty")
"""The lookups that Django's filters on one column use."""


def _filter_name(list_filter) -> str:
    """The name of a filter in the address. `list_filter` is a column's name, a pair of name and class, or a class."""
    if isinstance(list_filter, tuple):
        return list_filter[0]
    return getattr(list_filter, "parameter_name", list_filter)


class ReadOnly:
    """Read-only rows. Changes go through the models' methods, which keep counters and logs correct."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        # Rows refer to each other by sequence numbers and paths, so deleting one breaks others.
        return False


class ReadOnlyModelAdmin(ReadOnly, FastModelAdmin):
    """A read-only list."""
