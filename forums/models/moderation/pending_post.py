from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from forums.models.community.tag import LONGEST
from forums.models.discussion.category import Category
from forums.models.discussion.idempotency import resent_differently
from forums.models.notifications import mentions
from forums.models.personal.draft import Draft


class PendingPostQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(decided_at=None)

    def withdrawn(self):
        """Empty rows, which are kept for a day because they count for the limits of new members."""
        return self.filter(decided_at__isnull=False, decision=None)

    def moderated_by(self, user):
        """Texts for the categories that `user` moderates."""
        where = Category.objects.moderated_by(user)
        return self.filter(Q(topic__category__in=where) | Q(category__in=where))

    def to_be_read_by(self, author):
        """Pending texts of `author`, and refused ones that were not sent again. The newest first."""
        own = self.filter(author=author, resent_at=None, comment=None)
        return own.exclude(decision__verb="held_approved").order_by("-pk")

    def with_place(self):
        """Each with its topic, its category, the comment it replies to, and the decision."""
        return self.select_related(
            "author", "topic__category__parent", "category__parent", "parent__author", "decision__rule"
        )

    @transaction.atomic
    def keep(self, *, author, token, body: str, why: str, matched="", **place) -> "tuple[PendingPost, bool]":
        """Store a pending text. Returns it, and whether it is new.

        The same token again returns the first text. Raises `Refused` if that one was different.
        """
        try:
            with transaction.atomic():
                post = self.create(
                    author=author, token=token, body=body, why=why, matched=matched[:200], **place
                )
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name != "pending_post_token_once":
                raise
            return self.sent_before(author, token, body), False
        Draft.objects.discard(author, token)
        return post, True

    def sent_before(self, author, token, body: str) -> "PendingPost":
        """The pending text that was sent with `token`, whether or not it is decided."""
        post = self.with_place().get(author=author, token=token)
        if post.body != body:
            raise resent_differently()
        return post


class PendingPost(models.Model):
    """A pending text, which a moderator reads before anybody else.

    It is in no tree, list, feed or search. Once approved, it is posted with the author's own token, as if they had
    sent it at that moment.
    """

    class Why(models.TextChoices):
        FIRST = "first", "a moderator reads the first posts of new members before they appear"
        LINKS = "links", "a moderator reads links by new members before they appear"
        WORDS = "words", "it contains words that a moderator checks before they appear"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="pending_posts", db_index=False
    )
    category = models.ForeignKey("forums.Category", models.CASCADE, null=True, related_name="pending_posts")
    topic = models.ForeignKey("forums.Topic", models.CASCADE, null=True, related_name="pending_posts")
    parent = models.ForeignKey("forums.Comment", models.CASCADE, null=True, related_name="pending_posts")
    title = models.CharField(max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=LONGEST), default=list, db_default=[])
    body = models.TextField()
    token = models.UUIDField()
    why = models.CharField(max_length=5, choices=Why)
    matched = models.CharField(
        max_length=200, blank=True, help_text="The matched words; only moderators see them."
    )
    at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decision = models.ForeignKey("forums.Action", models.PROTECT, null=True, related_name="+")
    comment = models.ForeignKey("forums.Comment", models.SET_NULL, null=True, related_name="+")
    resent_at = models.DateTimeField(
        null=True, help_text="The time when its author edited it and sent it again."
    )

    objects = PendingPostQuerySet.as_manager()

    class Meta:
        verbose_name = "pending post"
        constraints = [
            models.UniqueConstraint(fields=["author", "token"], name="pending_post_token_once"),
            models.CheckConstraint(
                condition=Q(topic=None, parent=None, category__isnull=False)
                | Q(topic__isnull=False, parent__isnull=False, category=None),
                name="pending_post_reply_or_topic",
            ),
        ]

    def __str__(self):
        return self.title or f"a reply in topic {self.topic_id}"

    def get_absolute_url(self):
        return f"/held/{self.pk}/"

    @property
    def is_pending(self) -> bool:
        return self.decided_at is None

    @property
    def is_withdrawn(self) -> bool:
        return not self.is_pending and self.decision_id is None

    @property
    def is_approved(self) -> bool:
        return self.decision is not None and self.decision.verb == "held_approved"

    @transaction.atomic
    def back_to_draft(self) -> Draft | None:
        """Turn a refused text into a draft of its author, and return it.

        Changes nothing and returns None the second time, or if the text has been posted after all.
        """
        refused = PendingPost.objects.filter(
            pk=self.pk, decided_at__isnull=False, comment=None, resent_at=None
        )
        if not refused.update(resent_at=timezone.now()):
            return None
        return Draft.objects.create(
            member=self.author,
            token=uuid4(),
            topic=self.topic,
            parent=self.parent,
            category=self.category,
            title=self.title,
            tags=", ".join(self.tags),
            body=self.body,
        )

    @transaction.atomic
    def withdraw(self) -> None:
        """Delete the text for good, and the cases about it. Does nothing if it is posted."""
        if not PendingPost.objects.select_for_update().filter(pk=self.pk, comment=None):
            return
        self.cases.all().delete()
        emptied = {"title": "", "tags": [], "body": "", "matched": "", "decision": None}
        now = timezone.now()
        PendingPost.objects.filter(pk=self.pk).update(decided_at=now, resent_at=now, **emptied)

    @property
    def html(self) -> str:
        """The HTML of the text, as it would be posted. Rendered at each call."""
        return mentions.render(self.body).html

    @property
    def place(self):
        """The category of its topic, or the category of the topic that it would open."""
        return self.topic.category if self.topic_id else self.category
