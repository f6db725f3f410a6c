from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from forums.access.permissions import EVERY_MEMBER

ROWS = 5_000
"""Members of a roll that are written at once."""


class Elector(models.Model):
    """A member on the roll of a poll, written when the poll opens.

    Only polls that depend on groups have rows, because groups change. The roll of any other poll follows from the times
    at which members joined, which never change.
    """

    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="electors", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "member on a roll"
        verbose_name_plural = "members on rolls"
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="elector_once")]


def roll(poll):
    """The members on the roll of a poll that has opened, as a queryset of users.

    Without a fixed roll, these are the members who may vote now.
    """
    members = get_user_model().objects
    if not poll.roll_grows and poll.has_stored_roll:
        return members.filter(pk__in=poll.electors.values("member"))
    return entitled(poll)


def entitled(poll):
    """The members who fulfil the rules of the poll now, or did when its roll was fixed."""
    at = Now() if poll.roll_grows else poll.opens_at
    # A member who has left since stays on a fixed roll.
    members = get_user_model().objects.filter(Q(deleted_at=None) | Q(deleted_at__gt=at))
    if poll.account_days:
        members = members.filter(date_joined__lte=at - timedelta(days=poll.account_days))
    if not poll.roll_grows or poll.members_before_opening:
        members = members.filter(date_joined__lte=poll.opens_at)
    category = poll.topic.category
    for groups in (poll.voter_groups, category.see_groups, category.parent and category.parent.see_groups):
        if groups and EVERY_MEMBER not in groups:
            belonging = get_user_model().groups.through.objects.filter(group_id__in=groups)
            members = members.filter(pk__in=belonging.values("user_id"))
    return members


def write_roll(poll) -> int:
    """Store the roll, if it depends on groups and is fixed. Returns its size. At most three statements."""
    if poll.roll_grows or not poll.has_stored_roll:
        return entitled(poll).count()
    members = entitled(poll).values_list("pk", flat=True)
    return len(Elector.objects.bulk_create((Elector(poll=poll, member_id=pk) for pk in members), ROWS))


def load_rolls(user, polls) -> None:
    """Load whether the member is on the stored rolls of these polls. One query, none if no poll has one."""
    stored = [poll.pk for poll in polls if not poll.roll_grows and poll.has_stored_roll]
    if stored:
        on = set(Elector.objects.filter(member=user.pk, poll__in=stored).values_list("poll", flat=True))
        user.__dict__.setdefault("_on_rolls", {}).update({pk: pk in on for pk in stored})


def is_on_stored_roll(user, poll) -> bool:
    """Whether the poll's stored roll has the member. One query for each user object and poll."""
    known = user.__dict__.setdefault("_on_rolls", {})
    if poll.pk not in known:
        known[poll.pk] = poll.electors.filter(member=user.pk).exists()
    return known[poll.pk]
