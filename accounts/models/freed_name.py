from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

KEPT = timedelta(days=365)
"""How long nobody else gets the name of a deleted account."""


class FreedNameQuerySet(models.QuerySet):
    def reserve(self, looks: str) -> None:
        """Reserve a name, given as its skeleton, and all that look like it."""
        self.update_or_create(digest=_digest(looks), defaults={"freed_at": timezone.now()})

    def is_reserved(self, looks: str) -> bool:
        return self.filter(digest=_digest(looks), freed_at__gt=timezone.now() - KEPT).exists()

    def outdated(self):
        return self.filter(freed_at__lte=timezone.now() - KEPT)


class FreedName(models.Model):
    """The name of a deleted account, which nobody gets for a year, because others know it as its former owner's.

    It is stored as a digest, because the names of members who have left are not kept. A new SECRET_KEY ends all
    reservations.
    """

    digest = models.CharField(max_length=64, unique=True)
    freed_at = models.DateTimeField(db_index=True)

    objects = FreedNameQuerySet.as_manager()

    class Meta:
        verbose_name = "reserved name"

    def __str__(self):
        return self.digest[:12]


def _digest(looks: str) -> str:
    return salted_hmac("accounts.FreedName", looks, algorithm="sha256").hexdigest()
