from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from config.engines import clock


class SidesClosed(Exception):
    """The debate is over, so sides cannot change. The message tells the member."""


class Stand(models.TextChoices):
    """The sides of a debate."""

    FOR = "for", "For"
    UNDECIDED = "undecided", "Undecided"
    AGAINST = "against", "Against"


class SideQuerySet(models.QuerySet["Side"]):
    def by_member(self, topic, members) -> dict[int, str]:
        """Return the sides of those `members` who have chosen one, by member id."""
        return dict(self.filter(debate=topic.pk, member__in=members).values_list("member", "stand"))

    def of_voter(self, topic) -> str:
        """Return the side for which a member's vote counts in the debate of `topic`: for, against or "". One query.

        Undecided members count for neither side. Members who joined after the debate was announced do not count either.
        Otherwise one person with many new accounts could vote for both sides. Call it as `member.sides.of_voter`.
        """
        counted = self.filter(debate=topic.pk, member__date_joined__lt=F("debate__announced_at"))
        return counted.exclude(stand=Stand.UNDECIDED).values_list("stand", flat=True).first() or ""

    @transaction.atomic
    def choose(self, debate, *, member, stand: str) -> "Side":
        """Set the side of `member`. The same side again changes nothing. Raises `SidesClosed` after the end."""
        if not debate.hold() or debate.is_over:
            raise SidesClosed("This debate is over, so sides cannot change any more.")
        side = self.filter(debate=debate, member=member).first()
        if side and side.stand == stand:
            return side
        debate.topic.bump_version()
        debate.topic.refresh_from_db(fields=["version"])
        now = clock.now()
        SideChange.objects.create(debate=debate, member=member, stand=stand, at=now)
        chosen = {"stand": stand, "since": now, "changed_in": debate.topic.version}
        return self.update_or_create(debate=debate, member=member, defaults=chosen)[0]


class Side(models.Model):
    """A member's side in a debate, shown beside their name to everyone.

    `changed_in` is the topic's version in which they chose it. Live updates send the sides changed since a version.
    """

    debate = models.ForeignKey("forums.Debate", models.CASCADE, related_name="sides", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sides")
    stand = models.CharField(max_length=9, choices=Stand)
    since = models.DateTimeField()
    changed_in = models.BigIntegerField()

    objects = SideQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["debate", "member"], name="side_once")]


class SideChange(models.Model):
    """One choice of a side. The summary computes from all choices how opinion moved."""

    debate = models.ForeignKey("forums.Debate", models.CASCADE, related_name="side_changes", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stand = models.CharField(max_length=9, choices=Stand)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "change of side"
        verbose_name_plural = "changes of side"
        indexes = [models.Index(fields=["debate", "at"], name="side_change_course")]
