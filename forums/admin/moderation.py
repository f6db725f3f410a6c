"""What has been reported and what moderators did about it. Deciding is done in the queue; the log is for ever."""

from django.contrib import admin

from config.admin.listed import Listed, Records
from forums.models import Action, Appeal, Case, Report, Rule


@admin.register(Rule)
class RuleAdmin(Listed):
    """A rule is taken out of force, never away: reports and the log name it."""

    list_display = ("title", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("title",)
    ordering = ("position", "pk")
    actions = None

    def matching(self, rules, words):
        return rules.filter(title__icontains=words)

    def has_delete_permission(self, request, obj=None):
        return False


class Moderated(Records):
    """Rows about what the viewer moderates, by themselves or by what `of` names: a column and its model."""

    of = ("pk", None)

    def get_queryset(self, request):
        rows, (column, model) = super().get_queryset(request), self.of
        if request.user.is_superuser:
            return rows
        theirs = (model or self.model).objects.moderated_by(request.user)
        return rows.filter(**{f"{column}__in": theirs.values("pk")})


@admin.register(Case)
class CaseAdmin(Moderated):
    list_display = (
        "__str__",
        "about",
        "why",
        "reports_count",
        "opened_at",
        "claimant",
        "closed_at",
        "outcome",
    )
    list_select_related = ("comment", "topic", "member", "claimed_by", "outcome")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "why")
    search_fields = ("pk", "topic", "comment", "member")

    @admin.display(description="about")
    def about(self, case):
        return f"{case.kind} {case.item}"


@admin.register(Report)
class ReportAdmin(Moderated):
    list_display = ("__str__", "case", "by", "rule", "was_trusted", "created_at")
    list_select_related = ("case", "by", "rule")
    list_filter = ("rule",)
    of = ("case", Case)
    search_fields = ("case", "topic", "comment", "member", "by")


@admin.register(Action)
class ActionAdmin(Moderated):
    list_display = ("at", "verb", "what", "by", "role", "rule", "is_automated")
    list_select_related = ("by", "rule")
    list_filter = ("verb",)
    search_fields = ("topic", "comment", "member", "by")
    ordering = ("-at", "-pk")


@admin.register(Appeal)
class AppealAdmin(Moderated):
    list_display = ("__str__", "action", "by", "created_at", "decided_at")
    list_select_related = ("action", "by")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    of = ("action", Action)
    search_fields = ("action", "by")
