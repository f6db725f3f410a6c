"""The base of reports and cases: a row about one comment, one topic or one member."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = ("comment", "topic", "member")


def kind_of(item) -> str:
    """Return the one of `KINDS` that `item` is."""
    name = item._meta.model_name
    return "member" if name == "user" else name


def exactly_one(kinds=KINDS) -> Q:
    """Build the condition that exactly one of the columns `kinds` has a value."""
    return reduce(or_, (Q(**{f"{other}__isnull": other != kind for other in kinds}) for kind in kinds))


class About(models.Model):
    """A row about one item. A database constraint refuses none or two."""

    comment = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="%(class)ss")
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="%(class)ss")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="%(class)ss_about"
    )

    kinds = KINDS

    class Meta:
        abstract = True

    @property
    def kind(self) -> str:
        return next(kind for kind in self.kinds if getattr(self, f"{kind}_id") is not None)

    @property
    def item(self):
        """The comment, topic or member. One query unless it was loaded too."""
        return getattr(self, self.kind)

    @property
    def discussion(self):
        """The topic that the item belongs to; None for a member."""
        return self.comment.topic if self.comment_id else self.topic

    @property
    def concerned(self):
        """The member responsible: the author, or the member that it is about. None if the author left the site."""
        return self.member if self.member_id else self.item.author
