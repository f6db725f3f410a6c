from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q

TARGETS = ("topic", "comment", "category", "tag")


def _only(target: str) -> Q:
    return Q(**{f"{each}__isnull": each != target for each in TARGETS})


class WatchQuerySet(models.QuerySet):
    def choose(self, member, level: str | None, **target):
        """Set the notification level of `member` for a `topic`, `comment`, `category` or `tag`; None removes it."""
        if level is None:
            self.filter(member=member, **target).delete()
        else:
            self.update_or_create(member=member, **target, defaults={"level": level})

    def not_muted(self):
        return self.exclude(level=Watch.Level.MUTED)


class Watch(models.Model):
    """A member's notification level for a topic, a branch (its first comment), a tag or a category.

    The nearest level applies: first that of the branch, then of the topic, its tags, the category and its parent. Of
    several tags, muted ones come first, and followed ones last (`BY_STRENGTH`). Without any level, members get
    notifications of replies to them, mentions and quotes.
    """

    class Level(models.TextChoices):
        WATCHING = "watching", "Watching"
        FOLLOWING = "following", "Following"
        MUTED = "muted", "Muted"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    topic = models.ForeignKey(
        "forums.Topic", models.CASCADE, null=True, related_name="watches", db_index=False
    )
    comment = models.ForeignKey(
        "forums.Comment", models.CASCADE, null=True, related_name="watches", db_index=False
    )
    category = models.ForeignKey(
        "forums.Category", models.CASCADE, null=True, related_name="watches", db_index=False
    )
    tag = models.ForeignKey("forums.Tag", models.CASCADE, null=True, related_name="watches", db_index=False)
    level = models.CharField(max_length=9, choices=Level)
    created_at = models.DateTimeField(auto_now_add=True)

    BY_STRENGTH = (Level.FOLLOWING, Level.WATCHING, Level.MUTED)
    """The levels of several tags of a topic: the later one applies."""

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watches"
        constraints = [
            # The target is the first column, so the index also finds everyone who watches it.
            *(
                models.UniqueConstraint(
                    fields=[target, "member"],
                    name=f"watch_{target}_once",
                    condition=Q((f"{target}__isnull", False)),
                )
                for target in TARGETS
            ),
            models.CheckConstraint(condition=reduce(or_, map(_only, TARGETS)), name="watch_one_target"),
        ]
