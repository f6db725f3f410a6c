"""Cases, reports, appeals and the log of moderation, read-only; rules, and decisions on many cases at once."""

from django.contrib import admin, messages

from config.admin.model_admin import FastModelAdmin, ReadOnlyModelAdmin
from forums.models import Action, Appeal, BackgroundAct, Case, Report, Rule
from forums.moderation.deciding import Grounds
from forums.moderation.queue import decision_options

WORDS = ("position", "title", "text")
"""The fields of a rule that members read."""


@admin.register(Rule)
class RuleAdmin(FastModelAdmin):
    """Rules. A rule that reports or the log name keeps its words, and is taken out of force instead of deleted."""

    list_display = ("title", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("title",)
    ordering = ("position", "pk")
    actions = None
    fieldsets = (
        (
            None,
            {
                "fields": (*WORDS, "statement_category", "is_active"),
                "description": "Once a report or the log names a rule, its number and words cannot be changed. To "
                "change it, take it out of force and add a new one.",
            },
        ),
    )

    def get_readonly_fields(self, request, obj=None):
        return WORDS if obj and _is_named(obj) else ()

    def matching(self, rules, words):
        return rules.filter(title__icontains=words)

    def has_delete_permission(self, request, obj=None):
        return False


def _is_named(rule) -> bool:
    named = (model.objects.filter(rule=rule) for model in (Action, Report))
    return any(rows.exists() for rows in named)


class ModeratedRecords(ReadOnlyModelAdmin):
    """Read-only rows about what the viewer moderates, directly or through `of`: a column and its model."""

    of = (None, None)

    def get_queryset(self, request):
        rows, (column, model) = super().get_queryset(request), self.of
        if request.user.is_superuser:
            return rows
        if model is None:
            return rows.moderated_by(request.user)
        return rows.filter(**{f"{column}__in": model.objects.moderated_by(request.user)})


class StateFilter(admin.SimpleListFilter):
    """Shows open cases by default, like the queue."""

    title, parameter_name = "state", "state"

    def lookups(self, request, model_admin):
        return [("decided", "Decided"), ("all", "All")]

    def choices(self, changelist):
        pending, *others = super().choices(changelist)
        return [pending | {"display": "Waiting"}, *others]

    def queryset(self, request, cases):
        if self.value() == "all":
            return cases
        return cases.exclude(closed_at=None) if self.value() == "decided" else cases.pending()


def _action(name):
    """An admin action that decides like the queue, for the rule that the reports name."""
    decision = decision_options.DECISIONS[name]

    @admin.action(description=f"{decision.says}: the chosen cases")
    def decide(self, request, cases):
        theirs = Case.objects.pending_for(request.user).with_item().filter(pk__in=cases.values("pk"))
        done, refusals = decision_options.decide_all(theirs, decision, Grounds(), by=request.user)
        for sentence in refusals:
            self.message_user(request, sentence, messages.ERROR)
        self.message_user(request, f"{decision.says}: {done} done.")

    decide.__name__ = name
    return decide


@admin.register(Case)
class CaseAdmin(ModeratedRecords):
    """The open cases as a list. The site's own page shows what is needed to decide them."""

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
    list_filter = (StateFilter, "why")
    search_fields = ("pk", "topic", "comment", "member")
    actions = tuple(_action(each.name) for each in decision_options.DECISIONS.values() if each.for_many)

    @admin.display(description="about")
    def about(self, case):
        return f"{case.kind} {case.item}"


@admin.register(Report)
class ReportAdmin(ModeratedRecords):
    list_display = ("__str__", "case", "by", "rule", "was_trusted", "created_at")
    list_select_related = ("case", "by", "rule")
    list_filter = ("rule",)
    of = ("case", Case)
    search_fields = ("case", "topic", "comment", "member", "by")


@admin.register(Action)
class ActionAdmin(ModeratedRecords):
    list_display = ("at", "verb", "what", "by", "role", "rule", "is_automated")
    list_select_related = ("by", "rule")
    list_filter = ("verb",)
    search_fields = ("topic", "comment", "member", "by")
    ordering = ("-at", "-pk")


@admin.register(Appeal)
class AppealAdmin(ModeratedRecords):
    list_display = ("__str__", "action", "by", "created_at", "decided_at")
    list_select_related = ("action", "by")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    of = ("action", Action)
    search_fields = ("action", "by")


@admin.register(BackgroundAct)
class BackgroundActAdmin(ReadOnlyModelAdmin):
    """Acts that run as tasks. Without their arguments, which have reasons and new titles."""

    list_display = ("__str__", "by", "asked_at", "started_at", "finished_at", "failed_at", "failures")
    list_select_related = ("by",)
    search_fields = ("by",)
    exclude = ("arguments", "key")
