"""What every list of the admin has in common."""

from django.contrib import admin
from django.db.models import Q

from accounts.models import User
from config.admin.pages import Counted

NAMESAKES = 100
"""Members that a search by the beginning of a name looks for."""


class Listed(admin.ModelAdmin):
    """A list that costs the same at a thousand rows and at a million.

    `search_fields` name numbers, which are found exactly, and members, who are found by the beginning of their
    names. Django's own search joins tables and looks through every row.
    """

    paginator = Counted
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would be a count of everything
    sortable_by = ()  # the newest first is an index; any other column would sort the table
    list_per_page = 50
    ordering = ("-pk",)

    def get_search_results(self, request, rows, words):
        words = words.strip()
        return (self.matching(rows, words) if words else rows), False

    def matching(self, rows, words: str):
        """Those of `rows` that a search for `words` finds; by indexes. One query beside the list's own."""
        found, opts = Q(pk__in=[]), self.opts
        members = [
            name for name in self.search_fields if name != "pk" and opts.get_field(name).related_model is User
        ]
        if words.isdecimal():
            for name in set(self.search_fields) - set(members):
                found |= Q(**{name: words})
        if members:
            # Their numbers, not a subquery: only so each condition is a look into an index.
            called = list(User.objects.beginning_with(words).values_list("pk", flat=True)[:NAMESAKES])
            for name in members:
                found |= Q(**{f"{name}__in": called})
        return rows.filter(found)

    def lookup_allowed(self, lookup, value, request):
        """Only what the list offers as a filter. Django lets any column be asked for, under any condition: a guess
        at a time, staff could read what the page does not show, or have Postgres look through everything."""
        return lookup in ("id__exact", "pk__exact") or any(
            lookup.startswith(name) and lookup.removeprefix(name) in CONDITIONS
            for name in map(_filter_name, self.get_list_filter(request))
        )


CONDITIONS = ("", "__exact", "__id__exact", "__isnull", "__isempty")
"""What Django's filters of one column ask."""


def _filter_name(offered) -> str:
    """What the address calls a filter: a column's name, a pair of that and a class, or a class."""
    if isinstance(offered, tuple):
        return offered[0]
    return getattr(offered, "parameter_name", offered)


class ReadOnly:
    """Rows to look at. What may change does so by the models' verbs, which keep counters and logs true."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        # Rows hang together by numbers and paths: taking one out breaks the rest.
        return False


class Records(ReadOnly, Listed):
    """A list of rows to look at."""
