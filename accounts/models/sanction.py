from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import standing


class SanctionQuerySet(models.QuerySet):
    def in_force(self):
        """Neither lifted nor over. Warnings hold nothing back."""
        lasting = self.filter(lifted_at=None).exclude(kind=Sanction.Kind.WARNING)
        return lasting.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def suspending(self, member) -> "Sanction | None":
        """The suspension that keeps `member` outside longest, or None."""
        held = self.in_force().filter(member=member, kind=Sanction.Kind.SUSPENSION)
        return held.order_by(models.F("until").desc(nulls_first=True), "pk").first()

    @transaction.atomic
    def impose(self, member, kind, *, by, reason: str, rule: str = "", until=None) -> "Sanction":
        """Add one and let it act. Raises PermissionDenied for those who look after the site, for those who
        have left it and for `by`."""
        if not may_be_sanctioned(member) or member.pk == by.pk:
            raise PermissionDenied(
                "Nobody sanctions themselves, who looks after the site, or who has left it."
            )
        sanction = self.create(member=member, kind=kind, by=by, reason=reason, rule=rule, until=until)
        self.settle(member)
        return sanction

    def settle(self, member) -> None:
        """Write into the member's row what all their sanctions in force come to, and tell that rights have
        changed. Two sanctions at the same moment wait for each other at that row."""
        member.await_turn()
        silences = self.in_force().filter(member=member, kind=Sanction.Kind.SILENCE)
        suspension = self.suspending(member)
        member.silenced_until = silences.aggregate(last=models.Max("until"))["last"]
        member.suspended_at = suspension and suspension.at
        member.suspended_until = suspension and suspension.until
        member.suspended_by = suspension and suspension.by
        member.save(update_fields=["silenced_until", "suspended_at", "suspended_until", "suspended_by"])
        standing.changed(member)


def may_be_sanctioned(member) -> bool:
    """Nobody sanctions moderators or above: first their keys are taken back. May cost a query."""
    return not (member.is_deleted or member.is_staff or member.is_superuser or member.is_moderator)


class Sanction(models.Model):
    """What moderators did about a member, with the reason that the member is told. Rows are history: they
    end by their time or by being lifted, and are not deleted."""

    class Kind(models.TextChoices):
        WARNING = "warning", "Warning"
        SILENCE = "silence", "Silence"
        SUSPENSION = "suspension", "Suspension"

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sanctions", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    rule = models.CharField(max_length=200, blank=True, help_text="The rule's words, as they were then.")
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty in a suspension means for good.")
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
        """Whether it still holds the member back."""
        if self.kind == self.Kind.WARNING or self.lifted_at is not None:
            return False
        return self.until is None or self.until > timezone.now()

    @transaction.atomic
    def lift(self, *, by) -> None:
        """End it before its time, or take a warning back; again is no error."""
        lifted = Sanction.objects.filter(pk=self.pk, lifted_at=None)
        if lifted.update(lifted_at=timezone.now(), lifted_by=by):
            self.refresh_from_db(fields=["lifted_at", "lifted_by"])
            Sanction.objects.settle(self.member)
