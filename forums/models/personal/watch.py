from django.conf import settings
from django.db import models
from django.db.models import Q


class WatchQuerySet(models.QuerySet):
    def choose(self, member, level: str | None, **target):
        """Set the notification level of `member` for a `topic`, `comment` or `category`; None removes it."""
        if level is None:
            self.filter(member=member, **target).delete()
        else:
            self.update_or_create(member=member, **target, defaults={"level": level})

    def not_muted(self):
        return self.exclude(level=Watch.Level.MUTED)


class Watch(models.Model):
    """A member's notification level for a topic, a branch (its first comment) or a category.

    The nearest level applies: first that of the branch, then of the topic, the category and its parent. Without any,
    members get notifications of replies to them, mentions and quotes.
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
    level = models.CharField(max_length=9, choices=Level)
    created_at = models.DateTimeField(auto_now_add=True)

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
                for target in ("topic", "comment", "category")
            ),
            models.CheckConstraint(
                condition=Q(topic__isnull=False, comment__isnull=True, category__isnull=True)
                | Q(topic__isnull=True, comment__isnull=False, category__isnull=True)
                | Q(topic__isnull=True, comment__isnull=True, category__isnull=False),
                name="watch_one_thing",
            ),
        ]
