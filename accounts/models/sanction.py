"""Sanctions: warnings, silences and suspensions of members."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.registries import access_signals


class SanctionQuerySet(models.QuerySet):
    def in_force(self):
        """Sanctions that are neither lifted nor over. Warnings are left out, because they forbid nothing."""
        lasting = self.filter(lifted_at=None).exclude(kind=Sanction.Kind.WARNING)
        return lasting.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def longest_first(self):
        return self.order_by(models.F("until").desc(nulls_first=True), "pk")

    def suspending(self, member) -> "Sanction | None":
        """The suspension of `member` that ends last, or None."""
        return self.in_force().filter(member=member, kind=Sanction.Kind.SUSPENSION).longest_first().first()

    def impose(self, member, kind, **said) -> "Sanction":
        """Impose one sanction; see `impose_all`."""
        return self.impose_all([member], kind, **said)[0]

    @transaction.atomic
    def impose_all(self, members, kind, *, by, reason: str, rule: str = "", until=None) -> list["Sanction"]:
        """Impose the same sanction on each member and apply it at once.

        Raises PermissionDenied, and imposes none, if a member moderates, has left, or is `by`.
        """
        if any(not may_be_sanctioned(member) or member.pk == by.pk for member in members):
            raise PermissionDenied(
                "You cannot sanction yourself, other moderators, or members who have left."
            )
        said = {"kind": kind, "by": by, "reason": reason, "rule": rule, "until": until}
        sanctions = self.bulk_create([self.model(member=member, **said) for member in members])
        self.apply_to(members)
        return sanctions

    @transaction.atomic
    def lift(self, *, by) -> None:
        """End these sanctions early, or withdraw warnings. Lifting twice is no error."""
        lasting = self.filter(lifted_at=None).select_for_update(of=["self"])
        if lifted := list(lasting.select_related("member").order_by("pk")):
            self.filter(pk__in=[each.pk for each in lifted]).update(lifted_at=timezone.now(), lifted_by=by)
            Sanction.objects.apply_to({each.member for each in lifted})

    lift.queryset_only = True  # never all sanctions of the site

    def apply_to(self, members) -> None:
        """Write the combined effect of all sanctions in force into the members' rows, and signal changed access.

        Locks the rows, so that simultaneous sanctions wait for each other. Three statements.
        """
        rows = get_user_model().objects.among(member.pk for member in members)
        rows.await_turns()
        theirs = self.in_force().filter(member=models.OuterRef("pk")).longest_first()
        silence = theirs.filter(kind=Sanction.Kind.SILENCE)
        suspension = theirs.filter(kind=Sanction.Kind.SUSPENSION)
        rows.update(
            silenced_until=models.Subquery(silence.values("until")[:1]),
            suspended_at=models.Subquery(suspension.values("at")[:1]),
            suspended_until=models.Subquery(suspension.values("until")[:1]),
            suspended_by=models.Subquery(suspension.values("by")[:1]),
        )
        columns = ("silenced_until", "suspended_at", "suspended_until", "suspended_by_id")
        found = {pk: values for pk, *values in rows.values_list("pk", *columns)}
        for member in members:
            for name, value in zip(columns, found[member.pk], strict=True):
                setattr(member, name, value)
        access_signals.changed(*members)


def may_be_sanctioned(member) -> bool:
    """Whether `member` can be sanctioned. Moderators and staff must lose their rights first. May cost a query."""
    return not (member.is_deleted or member.is_staff or member.is_superuser or member.is_moderator)


class Sanction(models.Model):
    """A moderator's decision about a member, with the reason that the member reads.

    Rows are history. A sanction ends by its time or by being lifted, and is never deleted.
    """

    class Kind(models.TextChoices):
        WARNING = "warning", "Warning"
        SILENCE = "silence", "Silence"
        SUSPENSION = "suspension", "Suspension"

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sanctions", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    rule = models.CharField(max_length=200, blank=True, help_text="The text of the rule at that time.")
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(
        null=True, blank=True, help_text="Empty means that a suspension is permanent."
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["member", "-at"], name="sanction_member")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="silence", until=None), name="sanction_silence_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("at")), name="sanction_lasts"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.member_id}"

    @property
    def is_in_force(self) -> bool:
        """Whether it still restricts the member."""
        if self.kind == self.Kind.WARNING or self.lifted_at is not None:
            return False
        return self.until is None or self.until > timezone.now()

    def lift(self, *, by) -> None:
        """End it early, or withdraw a warning. Lifting twice is no error."""
        Sanction.objects.filter(pk=self.pk).lift(by=by)
        self.refresh_from_db(fields=["lifted_at", "lifted_by"])
