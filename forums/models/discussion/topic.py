from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from config.caching import cache_tags
from config.monitoring import counters
from forums.access.refusal import Refusal, Refused
from forums.live import streams
from forums.models.community.tag import LONGEST, Tag
from forums.models.discussion import reply_slot
from forums.models.discussion.idempotency import store_once
from forums.models.discussion.slugs import slug_of
from forums.models.discussion.topic_queries import TopicQuerySet
from forums.models.notifications import mentions, outbox
from forums.models.personal.draft import Draft
from forums.models.personal.visit import Visit
from forums.models.pictures.link_preview import LinkPreview
from forums.models.pictures.picture import Picture


class Topic(models.Model):
    """A topic. Its opening is the comment with `seq` 1, and all other comments are below that one.

    Every change of what its page shows raises `version`, in the transaction of the change. Every change of a topic or
    of its comments locks the row of the topic first. With this one order there are no deadlocks.
    """

    category = models.ForeignKey("forums.Category", models.PROTECT, related_name="topics")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="topics")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, allow_unicode=True)
    excerpt = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.BigIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    last_comment_at = models.DateTimeField(default=timezone.now)
    last_author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    comment_count = models.PositiveIntegerField(default=0, help_text="Readable replies, without the opening.")
    score = models.IntegerField(default=0, help_text="The score of the opening: up-votes minus down-votes.")
    panel_count = models.PositiveSmallIntegerField(
        default=0, help_text="How many panels of other apps, such as polls, it has."
    )
    accepted = models.ForeignKey("forums.Comment", models.SET_NULL, null=True, blank=True, related_name="+")
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    debate_from = models.DateTimeField(null=True, blank=True, help_text="When its debate begins or began.")
    debate_until = models.DateTimeField(null=True, blank=True, help_text="When it ends; empty after that.")
    decided_at = models.DateTimeField(
        null=True, editable=False, help_text="When its newest outcome was given; null without an outcome."
    )
    is_slow = models.BooleanField(
        default=False, help_text="It has a slow mode, of the whole topic or of a branch."
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    hidden_in = models.ForeignKey("forums.Action", models.PROTECT, null=True, related_name="hidden_topics")
    # The topic that a moderator has moved all comments to. This one is marked as deleted then.
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    rearranged_in = models.BigIntegerField(
        db_default=0, help_text="The version in which comments were last moved from or to another topic."
    )
    moving_since = models.DateTimeField(
        null=True,
        help_text="Since when a task moves or hides many of its comments; nobody else changes it meanwhile.",
    )
    split_from = models.ForeignKey("forums.Comment", models.SET_NULL, null=True, related_name="+")
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="Its unanswered opening was deleted, or it was merged."
    )
    tags = ArrayField(
        models.CharField(max_length=LONGEST),
        default=list,
        db_default=[],
        help_text="The names of its tags, in their order.",
    )
    source = models.CharField(
        max_length=80, null=True, unique=True, help_text="Its source, if it was imported."
    )

    is_unseen = False
    """Whether the member has never visited it. Set by `watched_by` for the list of watched topics."""

    objects = TopicQuerySet.as_manager()

    class Meta:
        permissions = [("moderate", "May moderate the forum")]
        indexes = [
            models.Index(fields=["-last_comment_at", "-id"], name="topic_latest"),
            models.Index(fields=["-created_at", "-id"], name="topic_new"),
            models.Index(fields=["-score", "-id"], name="topic_top"),
            models.Index(fields=["category", "-last_comment_at", "-id"], name="topic_category_latest"),
            # Without the list of pending entries, which some reply would have to work off under the topic's lock.
            GinIndex(fields=["tags"], name="topic_tags", fastupdate=False),
            models.Index(fields=["pinned_at"], name="topic_pinned", condition=Q(pinned_at__isnull=False)),
            models.Index(
                fields=["-created_at", "-id"],
                name="topic_unanswered",
                condition=Q(comment_count=0, locked_at=None),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        # As in forums.urls. `reverse` would cost more than the rest of a row in a list.
        return f"/t/{self.pk}/{quote(self.slug)}/"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_moving(self) -> bool:
        """Whether a task moves or hides many of its comments. It holds the topic's lock, so others are refused."""
        return self.moving_since is not None

    @property
    def is_before_debate(self) -> bool:
        """Whether its debate has not begun yet."""
        return self.debate_from is not None and self.debate_from > timezone.now()

    @property
    def is_closed(self) -> bool:
        """Whether it takes no replies: it is locked or moving, or its debate has not begun or is over."""
        is_over = self.debate_until is not None and self.debate_until <= timezone.now()
        return self.is_locked or self.is_moving or self.is_before_debate or is_over

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at is not None

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def panels(self) -> int:
        """The number of panels below the opening: those of other apps, and its debate."""
        return self.panel_count + (self.debate_from is not None)

    @property
    def new_count(self) -> int:
        """The number of comments since the member's last visit; 0 without a visit. Needs `with_visit_of`."""
        latest = getattr(self, "visit_latest", None)
        return 0 if latest is None else max(self.last_seq - latest, 0)

    # --- Verbs: each one transaction that locks the topic first ------------------------------------

    @classmethod
    def open(cls, *, author, category, title: str, body: str, token, tags=(), at=None) -> "Topic":
        """Start a discussion: write the topic and its opening comment. Creates the tags that do not exist.

        The same token again returns the first topic. Raises `Refused` if that one has another text.
        """
        at = at or timezone.now()
        rendered = mentions.render(body)

        def store():
            topic = cls.objects.create(
                category=category,
                author=author,
                title=title,
                slug=slug_of(title),
                tags=Tag.objects.ensure(tags),
                excerpt=rendered.excerpt,
                created_at=at,
                last_seq=1,
                last_comment_at=at,
                last_author=author,
            )
            opening = topic.comments.write_opening(topic, author, body, rendered, token, at)
            Draft.objects.discard(author, token)
            Visit.objects.begin(author, topic)
            outbox.topic_opened(opening, rendered)
            topic.expire_cached_pages()
            streams.comment_added(topic.pk, is_new_topic=True)
            counters.on_commit(counters.topic_opened)
            return opening

        return store_once(author, token, body, store, seq=1).topic

    def reply(self, *, author, parent, body: str, token, at=None):
        """Add a comment below `parent`. The same token again returns the first comment.

        Raises `Refused` in a closed topic or branch, under slow mode, if `parent` was removed meanwhile, and for the
        same token with another text. Two statements, and one more with mentions. The row of the topic is locked from
        the first one to the commit, so the text is rendered before.
        """
        at = at or timezone.now()
        rendered = mentions.render(body)

        def store():
            seq = reply_slot.reserve(self, author=author, parent=parent, token=token, at=at)
            said = {"body": body, "rendered": rendered, "token": token, "at": at}
            comment = reply_slot.write(self, seq=seq, author=author, parent=parent, **said)
            Picture.objects.claim(comment, rendered.html)
            LinkPreview.objects.claim(comment, rendered.html)
            self.expire_cached_pages()
            streams.comment_added(self.pk, is_new_topic=False)
            counters.on_commit(counters.comment_added)
            return comment

        return store_once(author, token, body, store, topic_id=self.pk, parent_id=parent.pk)

    def bump_version(self, renewed: tuple[str, ...] = (cache_tags.LISTS,), /, **values) -> None:
        """Lock the topic, raise its version and set `values` on it, as part of a change of what its page shows.

        `renewed` are the cache tags to renew besides the topic's own.
        """
        Topic.objects.filter(pk=self.pk).update(version=F("version") + 1, **values)
        changes_access = bool(values.keys() & {"category", "hidden_at", "deleted_at"})
        if changes_access or "tags" in values:
            renewed = (*renewed, cache_tags.TAGS)
        self.publish_change(renewed)
        if changes_access:
            streams.access_changed(topic=self.pk)

    def lock_row(self) -> None:
        """Lock the topic's row until the commit, as an update would, without a new version. One query."""
        Topic.objects.select_for_update(no_key=True).values_list("pk").get(pk=self.pk)

    def lock_and_refresh(self) -> None:
        """Lock the topic's row, and read what another transaction may have changed. One query, no new version."""
        fields = ["title", "tags", "category", "locked_at", "pinned_at", "hidden_at", "deleted_at"]
        self.refresh_from_db(fields=fields, from_queryset=Topic.objects.select_for_update(no_key=True))

    def publish_change(self, tags: tuple[str, ...] = (cache_tags.LISTS,)) -> None:
        """After the commit, invalidate cached pages and publish that the topic has changed."""
        self.expire_cached_pages(tags)
        streams.topic_changed(self.pk)

    def expire_cached_pages(self, tags: tuple[str, ...] = (cache_tags.LISTS,)) -> None:
        """After the commit, invalidate the topic's pages and those under `tags`; with lists, announced debates too."""
        cache_tags.invalidate(cache_tags.of_topic(self.pk), *tags)
        if self.debate_from and cache_tags.LISTS in tags:
            cache_tags.invalidate(cache_tags.DEBATES)

    def last_comment_values(self, comments) -> dict:
        """The values that show the newest of `comments` in lists: its time and its author. For an update."""
        newest = comments.order_by("-seq")
        return {
            "last_comment_at": newest.values("created_at")[:1],
            "last_author": newest.values("author")[:1],
        }

    def publish_visibility_change(self) -> None:
        """Recheck notifications and open sockets, because other people may see the topic from now on."""
        outbox.visibility_changed(self)
        streams.access_changed(topic=self.pk)

    def delete_if_unanswered(self) -> None:
        """Delete the topic if it has no replies, after its author has deleted the opening."""
        if Topic.objects.filter(pk=self.pk, last_seq=1).update(deleted_at=timezone.now()):
            self.publish_change((cache_tags.LISTS, cache_tags.TAGS))
            streams.access_changed(topic=self.pk)

    @transaction.atomic
    def rename(self, title: str) -> None:
        self.title, self.slug = title, slug_of(title)
        self.bump_version(title=self.title, slug=self.slug)

    @transaction.atomic
    def set_tags(self, names) -> None:
        """Replace the tags. Creates those that do not exist."""
        self.tags = Tag.objects.ensure(names)
        self.bump_version(tags=self.tags)

    @transaction.atomic
    def move(self, category) -> None:
        self.category = category
        self.bump_version(category=category)
        self.publish_visibility_change()

    @transaction.atomic
    def lock(self, by) -> None:
        self.bump_version(locked_at=timezone.now(), locked_by=by)

    @transaction.atomic
    def unlock(self) -> None:
        self.bump_version(locked_at=None, locked_by=None)

    @transaction.atomic
    def pin(self, by) -> None:
        self.bump_version(pinned_at=timezone.now(), pinned_by=by)

    @transaction.atomic
    def unpin(self) -> None:
        self.bump_version(pinned_at=None, pinned_by=None)

    @transaction.atomic
    def set_hidden(self, by, action=None) -> None:
        """Hide the topic from everybody except its moderators, in the act `action`."""
        self.bump_version(hidden_at=timezone.now(), hidden_by=by, hidden_in=action)
        self.publish_visibility_change()

    def reattribute_hiding(self, by, action) -> None:
        """Attribute the hiding to another act."""
        self.bump_version(hidden_by=by, hidden_in=action)

    @transaction.atomic
    def set_shown(self) -> None:
        """Undo `set_hidden`."""
        self.bump_version(hidden_at=None, hidden_by=None, hidden_in=None)
        self.publish_visibility_change()

    @transaction.atomic
    def accept(self, comment) -> None:
        """Mark `comment` as the accepted answer; None removes the mark. Nothing happens if it is so already.

        Raises `Refused` if the comment has been removed or moved to another topic meanwhile.
        """
        self.lock_row()
        if comment and not self.comments.readable().filter(pk=comment.pk).exists():
            raise Refused(Refusal.GONE, "This comment has been removed or moved meanwhile.")
        self.refresh_from_db(fields=["accepted"])
        if self.accepted_id != (comment and comment.pk):
            self.bump_version(accepted=comment)
