from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.network import NetworkField

SHOWN = 200
"""At most this many rows of others are compared: a whole town can share one address."""


class FootprintQuerySet(models.QuerySet):
    def leave(self, member, network: str, device: str) -> None:
        """Record a sign-in of `member`. One row per network and device. One statement."""
        now = timezone.now()
        step = self.model(member=member, network=network, device=device, first_at=now, last_at=now)
        self.bulk_create(
            [step],
            update_conflicts=True,
            unique_fields=["member", "network", "device"],
            update_fields=["last_at"],
        )

    def like_those_of(self, member):
        """Rows of other members with the same device or network, newest first. Two queries."""
        own = list(self.filter(member=member).values_list("network", "device"))
        networks, devices = {network for network, _ in own}, {device for _, device in own}
        shared = self.filter(Q(device__in=devices) | Q(network__in=networks)).exclude(member=member)
        return shared.select_related("member").order_by("-last_at")[:SHOWN]

    def outdated(self):
        return self.filter(last_at__lt=timezone.now() - timedelta(days=settings.ADDRESSES_KEPT_DAYS))


class Footprint(models.Model):
    """A network and device from which a member signed in. For IPv6 the network is a household's /64.

    Moderators use it to recognise members who return under another name. Deleted after ADDRESSES_KEPT_DAYS.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="footprints", db_index=False
    )
    network = NetworkField(db_index=True)
    device = models.CharField(max_length=32, db_index=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    objects = FootprintQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in device"
        constraints = [models.UniqueConstraint(fields=["member", "network", "device"], name="footprint_once")]

    def __str__(self):
        return f"{self.member_id} in {self.network}"
