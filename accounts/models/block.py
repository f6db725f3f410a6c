from django.conf import settings
from django.contrib.postgres.indexes import SpGistIndex
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.network import NetworkField
from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel

WIDEST = {4: 8, 6: 16}
"""The smallest prefix length that can be blocked, by IP version. A typing error could otherwise block everybody."""


class BlockQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def covering(self, address: str):
        """Blocks whose network contains `address`."""
        return self.filter(network__covers=address)

    def of_domain(self, domain: str):
        """Blocks of an e-mail domain or of one of its parent domains."""
        parts = domain.lower().rstrip(".").split(".")
        return self.filter(domain__in=[".".join(parts[at:]) for at in range(len(parts))])


class Block(TaggedModel):
    """A network, or an e-mail domain with its subdomains, that cannot be used to sign up, or also not to post."""

    cache_tag = cache_tags.BLOCKS

    class Extent(models.TextChoices):
        SIGN_UP = "sign_up", "signing up"
        POSTING = "posting", "signing up and posting"

    network = NetworkField(null=True, blank=True, help_text="An address or a network: 198.51.100.0/24.")
    domain = models.CharField(
        "e-mail domain",
        max_length=253,
        blank=True,
        help_text="The part after the @. Includes its subdomains.",
    )
    extent = models.CharField("refuses", max_length=8, choices=Extent, default=Extent.SIGN_UP)
    reason = models.CharField(max_length=300, help_text="For other staff. Members do not see it.")
    until = models.DateTimeField(null=True, blank=True, help_text="Leave empty for a permanent block.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        indexes = [
            SpGistIndex(fields=["network"], name="block_network"),
            models.Index(fields=["domain"], name="block_domain", condition=~Q(domain="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(domain="", network__isnull=False) | (~Q(domain="") & Q(network=None)),
                name="block_network_or_domain",
            )
        ]

    def __str__(self):
        return self.domain or str(self.network)

    def clean(self):
        self.domain = self.domain.strip().lstrip("@").lower().rstrip(".")
        if bool(self.domain) == bool(self.network):
            raise ValidationError("Please give either a network or an e-mail domain.")
        if self.domain:
            validate_domain_name(self.domain)
        elif not isinstance(self.network, str) and self.network.prefixlen < WIDEST[self.network.version]:
            raise ValidationError({"network": "This network is too large: it would block too many people."})
        if self.until and self.until <= timezone.now():
            raise ValidationError({"until": "This time has passed already."})
