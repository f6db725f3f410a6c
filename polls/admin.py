"""Polls in the admin: everything can be read but what was voted in secret, and nothing can be changed.

Changing is done on the poll's page, by the verbs that keep its rules and write its public log.
"""

from django.contrib import admin

from polls.models import Ballot, Entry, Option, Poll, SecretBallot, Voter


class ReadOnly:
    """No adding, changing or deleting, for nobody."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class OptionInline(ReadOnly, admin.TabularInline):
    model = Option
    fields = readonly_fields = ["position", "wording", "corrected_at", "added_at"]


class EntryInline(ReadOnly, admin.TabularInline):
    model = Entry
    fields = readonly_fields = ["at", "by", "event", "note"]


@admin.register(Poll)
class PollAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["question", "topic", "method", "secret", "opens_at", "closes_at", "closed_at"]
    list_filter = ["method", "secret", "results_show"]
    list_select_related = ["topic"]
    search_fields = ["question"]
    # The tally of an open poll is for those who may see its results.
    exclude = ["cells", "outcome", "token"]
    readonly_fields = ["turnout", "seed", "revision", "created_at", "closed_at", "closed_by", "source"]
    inlines = [OptionInline, EntryInline]

    @admin.display(description="ballots")
    def turnout(self, poll):
        """Counted in Postgres."""
        return SecretBallot.objects.filter(poll=poll).count() + Ballot.objects.filter(poll=poll).count()


@admin.register(Voter)
class VoterAdmin(ReadOnly, admin.ModelAdmin):
    """Who has voted in secret polls; never what."""

    list_display = ["member", "poll"]
    list_filter = ["poll"]
    list_select_related = ["member", "poll"]
    # In the order of names: no other order exists that would say nothing.
    ordering = ["poll", "member__username"]
    search_fields = ["member__username"]
    fields = ["member", "poll"]


@admin.register(Ballot)
class BallotAdmin(ReadOnly, admin.ModelAdmin):
    """Public ballots, which every member can see on the poll's page."""

    list_display = ["member", "poll", "cast_at", "changed_at"]
    list_select_related = ["member", "poll"]
    search_fields = ["member__username", "poll__question"]
    fields = ["poll", "member", "marks", "cast_at", "changed_at"]
