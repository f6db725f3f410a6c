"""Polls in the admin site, read-only. Secret ballots are shown only for closed polls, without their voters.

Polls are changed on their own page, by verbs that enforce the rules and write the public log.
"""

from django.contrib import admin

from config.admin.model_admin import ReadOnly, ReadOnlyModelAdmin
from polls.models import Ballot, Elector, Entry, Option, Poll, SecretBallot, Voter


class OfPolls(ReadOnlyModelAdmin):
    """Shows only rows of polls in topics that the viewer may see."""

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        polls = Poll.objects.visible_to(request.user)
        return rows if request.user.is_superuser else rows.filter(poll__in=polls)


class OptionInline(ReadOnly, admin.TabularInline):
    model = Option
    fields = readonly_fields = ["position", "wording", "corrected_at", "added_at"]


class EntryInline(ReadOnly, admin.TabularInline):
    model = Entry
    fields = readonly_fields = ["at", "by", "event", "note"]


@admin.register(Poll)
class PollAdmin(ReadOnlyModelAdmin):
    list_display = ["question", "topic", "method", "secret", "opens_at", "closes_at", "closed_at"]
    list_filter = ["method", "secret", "results_show"]
    list_select_related = ["topic"]
    search_fields = ["pk", "topic", "author"]
    # The tally of an open poll is only for members who may see its results.
    exclude = ["cells", "frozen_result", "token"]
    readonly_fields = [
        "turnout",
        "roll_size",
        "passed",
        "seed",
        "revision",
        "created_at",
        "closed_at",
        "closed_by",
        "source",
    ]
    inlines = [OptionInline, EntryInline]

    def get_queryset(self, request):
        polls = super().get_queryset(request).defer("cells", "frozen_result")  # megabytes in a long run-off
        return polls if request.user.is_superuser else polls.visible_to(request.user)

    @admin.display(description="ballots")
    def turnout(self, poll):
        """The number of ballots in Postgres. Two queries."""
        return SecretBallot.objects.filter(poll=poll).count() + Ballot.objects.filter(poll=poll).count()


@admin.register(Voter)
class VoterAdmin(OfPolls):
    """Lists who has voted in secret polls, without their ballots."""

    list_display = ["member", "poll"]
    list_select_related = ["member", "poll"]
    # By member id, because an order that depends on voting would reveal something.
    ordering = ["poll_id", "member_id"]
    search_fields = ["member", "poll"]
    fields = ["member", "poll"]


@admin.register(Elector)
class ElectorAdmin(OfPolls):
    """Lists the stored rolls of polls."""

    list_display = ["member", "poll"]
    list_select_related = ["member", "poll"]
    ordering = ["poll_id", "member_id"]
    search_fields = ["member", "poll"]
    fields = ["member", "poll"]


@admin.register(Ballot)
class BallotAdmin(OfPolls):
    """Lists public ballots, which are also on the poll's page."""

    list_display = ["member", "poll", "cast_at", "changed_at"]
    list_select_related = ["member", "poll"]
    search_fields = ["member", "poll"]
    fields = ["poll", "member", "marks", "cast_at", "changed_at"]


@admin.register(SecretBallot)
class SecretBallotAdmin(OfPolls):
    """Lists the secret ballots of closed polls, whose receipts and marks are public. They have no voter."""

    list_display = fields = ["poll", "receipt", "marks"]
    list_select_related = ["poll"]
    ordering = ["poll_id", "receipt"]
    search_fields = ["poll"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(poll__closed_at=None)
