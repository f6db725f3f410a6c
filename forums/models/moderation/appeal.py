from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from forums.access import acts, permissions
from forums.models.discussion.category import Category
from forums.models.moderation.report import WORDS


class AppealQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(decided_at=None)

    def moderated_by(self, user):
        """Appeals against acts on items in the categories that `user` moderates, wherever the items are now.

        Appeals against acts on members are for moderators of the site.
        """
        here = Coalesce("action__comment__topic__category", "action__topic__category", "action__category")
        of_the_site = Q(action__verb__in=acts.verbs(lambda act: act.is_of_the_site))
        mine = Q(here__in=Category.objects.moderated_by(user)) & ~of_the_site
        return self.annotate(here=here).filter(mine | of_the_site if permissions.is_moderator(user) else mine)

    def with_context(self):
        """Each with its action and everything that a line of the log shows."""
        shown = (
            "by",
            "member",
            "comment__topic__category__parent",
            "rule",
            "category__parent",
            "topic__category__parent",
            "undoing",
            "undoes",
        )
        return self.select_related("by", "decision", *(f"action__{each}" for each in shown))

    def end(self, action) -> set[int]:
        """Close the open appeals with `action`, in the transaction of the act. Returns the ids of their members."""
        # Appeals that another moderator is deciding right now are skipped. Waiting for them could deadlock.
        ended = list(self.pending().select_for_update(of=["self"], skip_locked=True))
        self.filter(pk__in=[each.pk for each in ended]).update(decided_at=action.at, decision=action)
        return {each.by_id for each in ended}

    def pass_on(self, before, action) -> None:
        """Turn open appeals against `before` into appeals against `action`, which has replaced it."""
        self.pending().filter(action=before).update(action=action)


class Appeal(models.Model):
    """A member asks for another look at an act that concerns them. A constraint allows one appeal for each act."""

    action = models.ForeignKey("forums.Action", models.PROTECT, related_name="appeals", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    words = models.TextField(max_length=WORDS)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.ForeignKey("forums.Action", models.PROTECT, null=True, related_name="decided")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "by"], name="appeal_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision=None)
                | Q(decided_at__isnull=False, decision__isnull=False),
                name="appeal_decided_by_something",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="appeal_waiting", condition=Q(decided_at=None))
        ]

    def __str__(self):
        return f"Appeal {self.pk}"

    def get_absolute_url(self):
        return f"/appeals/{self.pk}/"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_granted(self) -> bool:
        """Whether a moderator granted it, or the act has been undone anyway."""
        return self.is_decided and self.decision.verb != "appeal_refused"

    @property
    def place(self):
        """The present category of the item, whose moderators decide. None for a member. No query `with_context`."""
        action = self.action
        if action.act.is_of_the_site:
            return None
        topic = action.comment.topic if action.comment else action.topic
        return topic.category if topic else action.category
