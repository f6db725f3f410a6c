"""The items of reports and cases: a comment, a whole topic or a member; in cases also a pending post."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = ("comment", "topic", "member")


_KIND_OF_MODEL = {"user": "member", "pendingpost": "pending_post"}


def kind_of(item) -> str:
    """The kind of `item`, which is also the name of its column: one of `KINDS`, or "pending_post"."""
    name = item._meta.model_name
    return _KIND_OF_MODEL.get(name, name)


def exactly_one(kinds=KINDS) -> Q:
    """The condition that a row is about exactly one item."""
    return reduce(or_, (Q(**{f"{other}__isnull": other != kind for other in kinds}) for kind in kinds))


class AboutItem(models.Model):
    """A row about one item. A constraint refuses none and two."""

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
        """The comment, topic or member. One query unless it was fetched with the row."""
        return getattr(self, self.kind)

    @property
    def discussion(self):
        """The topic of the item. None for a member."""
        return self.comment.topic if self.comment_id else self.topic

    @property
    def concerned(self):
        """The member who wrote the item, or who is the item. None if the account was deleted."""
        return self.member if self.member_id else self.item.author
