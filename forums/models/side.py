from django.conf import settings
from django.db import models, transaction
from django.utils import timezone


class Settled(Exception):
    """The debate is over, and sides stay as they are; says so, for the member."""


class Stand(models.TextChoices):
    """Where somebody stands."""

    FOR = "for", "For"
    UNDECIDED = "undecided", "Undecided"
    AGAINST = "against", "Against"


class SideQuerySet(models.QuerySet):
    def by_member(self, topic, members) -> dict[int, str]:
        """Where those of `members` stand who have chosen, by their ids."""
        return dict(self.filter(debate=topic.pk, member__in=members).values_list("member", "stand"))

    @transaction.atomic
    def choose(self, debate, *, member, stand: str) -> "Side":
        """Have `member` stand there from now on. The same again changes nothing. Raises `Settled` at the end."""
        if not debate.hold() or debate.is_over:
            raise Settled("This debate is over, and everybody's side stays what it was.")
        side = self.filter(debate=debate, member=member).first()
        if side and side.stand == stand:
            return side
        debate.topic.changed()
        debate.topic.refresh_from_db(fields=["version"])
        now = timezone.now()
        SideChange.objects.create(debate=debate, member=member, stand=stand, at=now)
        chosen = {"stand": stand, "since": now, "changed_in": debate.topic.version}
        return self.update_or_create(debate=debate, member=member, defaults=chosen)[0]


class Side(models.Model):
    """Where a member stands in a debate; shown beside their name, to everybody.

    `changed_in` is the topic's version in which they chose it, so that pages can be told what is different.
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
    """A choice as it was made: the first and all that followed. How opinion moved is told from these."""

    debate = models.ForeignKey("forums.Debate", models.CASCADE, related_name="side_changes", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stand = models.CharField(max_length=9, choices=Stand)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["debate", "at"], name="side_change_course")]
