from django.conf import settings
from django.db import models


class OldAddress(models.Model):
    """An address on the site from which something was imported. Old links are redirected by it.

    A topic is its opening, which keeps its id when topics are merged.
    """

    host = models.CharField(max_length=100)
    key = models.CharField(max_length=80)
    """The short form of the address (`forums.old_addresses.keys`), such as `t/385/4`."""
    comment = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="old_addresses")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="old_addresses"
    )
    category = models.ForeignKey("forums.Category", models.CASCADE, null=True, related_name="old_addresses")

    class Meta:
        verbose_name_plural = "old addresses"
        constraints = [models.UniqueConstraint(fields=["host", "key"], name="one_page_per_old_address")]

    def __str__(self):
        return f"{self.host} {self.key}"
