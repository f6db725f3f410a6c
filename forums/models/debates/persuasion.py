from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from config.engines import clock
from forums.models.debates.side import SideChange, Stand
from forums.models.discussion.comment import Comment
from forums.models.discussion.comment_queries import TOPICS_VERSION
from forums.models.discussion.topic import Topic
from forums.models.discussion.vote import Vote

AT_MOST = 3
"""Comments that a member can name for a change of side."""
OFFERED = 20
"""Comments that the form offers."""


class PersuasionQuerySet(models.QuerySet["Persuasion"]):
    @transaction.atomic
    def replace(self, change: SideChange, comments: list[Comment], *, is_named: bool) -> None:
        """Make `comments` those that moved the member in `change`, instead of the ones named before. Empty withdraws.

        A comment that the member has named for an earlier change counts for this one from now on.
        """
        change.debate.hold()
        earlier = self.filter(member=change.member_id)
        before = set(earlier.filter(change=change).values_list("comment", flat=True))
        earlier.filter(Q(change=change) | Q(comment__in=comments)).delete()
        said = {"member_id": change.member_id, "change": change, "came": change.came, "is_named": is_named}
        self.bulk_create([Persuasion(comment=comment, at=clock.now(), **said) for comment in comments])
        change.debate.topic.bump_version(())
        _count(before | {comment.pk for comment in comments})

    @transaction.atomic
    def withdraw_all(self, member) -> None:
        """Withdraw all that a member who leaves has named."""
        named = self.filter(member=member)
        comments = dict(named.values_list("comment", "comment__topic"))
        for topic in Topic.objects.filter(pk__in=comments.values()).order_by("pk"):
            topic.bump_version(())
        named.delete()
        _count(comments.keys())

    def directions(self) -> list[tuple[str, str, int, int]]:
        """Return first side, new side, comment and number of members, the highest number first. One query.

        Leaves out numbers below `Comment.SHOWN_FROM`. Members could be guessed from those, because sides are public.
        """
        counted = self.values_list("came", "change__stand", "comment").annotate(number=Count("pk"))
        return list(counted.filter(number__gte=Comment.SHOWN_FROM).order_by("-number", "comment"))


class Persuasion(models.Model):
    """A comment that, as a member says, moved them to another side. It is never inferred.

    Others see only the number, from `Comment.SHOWN_FROM` on, and the names of members who agreed (`is_named`).
    `came` is the side that the member left.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="persuasions", db_index=False
    )
    change = models.ForeignKey("forums.SideChange", models.CASCADE, related_name="persuasions")
    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="persuasions")
    came = models.CharField(max_length=9, choices=Stand)
    is_named = models.BooleanField(help_text="Whether the member agreed that others see their name.")
    at = models.DateTimeField()

    objects = PersuasionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "comment"], name="persuasion_once")]


def last_change(debate, member) -> SideChange | None:
    """Return the last change of a member from one side to another, with its `came`; None without one. One query."""
    made = SideChange.objects.filter(debate=debate, member=member)
    before = made.filter(at__lt=OuterRef("at")).order_by("-at", "-pk").values("stand")[:1]
    changed = made.annotate(came=Subquery(before)).exclude(came=None)
    return changed.select_related("debate__topic").order_by("-at", "-pk").first()


def offered(change: SideChange):
    """Return the comments that the form offers, at most `OFFERED`: those named before, then the newest. One query.

    These are comments of others that the member voted up or answered, and answers to the member.
    """
    member = change.member_id
    others = Comment.objects.filter(topic=change.debate_id).readable().exclude(author=member)
    known = (
        Exists(Vote.objects.filter(comment=OuterRef("pk"), member=member, value=1))
        | Exists(Comment.objects.filter(parent=OuterRef("pk"), author=member))
        | Q(parent__author=member)
    )
    is_named = Exists(Persuasion.objects.filter(comment=OuterRef("pk"), change=change))
    found = others.annotate(is_chosen=is_named).filter(known | is_named)
    return found.select_related("author").beginnings().order_by("-is_chosen", "-seq")[:OFFERED]


def _count(comments) -> None:
    counted = Persuasion.objects.filter(comment=OuterRef("pk")).values("comment").values(number=Count("pk"))
    Comment.objects.filter(pk__in=comments).update(
        persuaded=Coalesce(Subquery(counted), 0), version=F("version") + 1, changed_in=TOPICS_VERSION
    )
