from django.conf import settings
from django.db import models
from django.db.models import Q


class WatchQuerySet(models.QuerySet):
    def choose(self, member, level: str | None, **target):
        """Make `level` what `member` hears of the `topic`, `comment` or `category`; None for no choice of their own."""
        if level is None:
            self.filter(member=member, **target).delete()
        else:
            self.update_or_create(member=member, **target, defaults={"level": level})

    def not_muted(self):
        return self.exclude(level=Watch.Level.MUTED)


class Watch(models.Model):
    """What a member wants to hear of a topic, of a branch (the comment it begins with) or of a category.

    The nearest choice holds: a branch's above its topic's, that above the category's, that above its parent's.
    Where there is none, members hear of what concerns themselves: replies, mentions, quotes.
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
        constraints = [
            # The target first: these also find all who watch it.
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
