from collections.abc import Callable

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone

from config.caching import cache_tags
from forums import markup
from forums.access.refusal import Refusal, Refused
from forums.models.community.tag import Tag
from forums.models.discussion import paths
from forums.models.discussion.comment_queries import CommentQuerySet
from forums.models.discussion.scores import ENOUGH, WilsonLowerBound, controversy
from forums.models.discussion.slugs import slug_of
from forums.models.notifications import mentions, outbox
from forums.models.pictures.link_preview import LinkPreview
from forums.models.pictures.picture import Picture

# The columns that moderators and the author can change after a view has loaded the comment.
STATE = (
    "topic",
    "seq",
    "parent",
    "path",
    "depth",
    "deleted_at",
    "hidden_at",
    "hidden_in",
    "removed_in",
    "locked_in",
)


class _Moved(Exception):
    """The comment is not in the topic that was locked."""


class Comment(models.Model):
    """A comment at its place in the tree of its topic.

    `seq` numbers the comments of a topic in the order of their arrival. `path` orders them as a tree (see
    `forums.models.discussion.paths`). Every visible change raises `version`. `changed_in` is the topic's version of the
    last change. `written_in` is that of the last change of text or state, without votes. By them
    `forums.reading.changes_since` finds the changes that a client at an older version has missed. Both are 0 for
    imported comments.

    The table has one more column, `words`, which only the previous release reads. The next migration drops it. Search
    has a table of its own (`SearchEntry`).
    """

    topic = models.ForeignKey("forums.Topic", models.CASCADE, related_name="comments", db_index=False)
    seq = models.PositiveIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies", db_index=False)
    depth = models.PositiveIntegerField()
    path = models.TextField(db_collation="C")
    descendants = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comments", db_index=False
    )
    body = models.TextField()
    body_html = models.TextField()
    token = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_in = models.BigIntegerField(db_default=0)
    written_in = models.BigIntegerField(db_default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # The acts that hid it, that hid it with its branch (so that no placeholder stays), and that locked its branch.
    hidden_in = models.ForeignKey(
        "forums.Action", models.PROTECT, null=True, related_name="hidden_comments", db_index=False
    )
    removed_in = models.ForeignKey(
        "forums.Action", models.PROTECT, null=True, related_name="removed_comments", db_index=False
    )
    locked_in = models.ForeignKey(
        "forums.Action", models.PROTECT, null=True, related_name="locked_branches", db_index=False
    )
    ups = models.PositiveIntegerField(default=0)
    downs = models.PositiveIntegerField(default=0)
    score = models.GeneratedField(
        expression=F("ups") - F("downs"), output_field=models.IntegerField(), db_persist=True
    )
    best = models.GeneratedField(
        expression=WilsonLowerBound(), output_field=models.FloatField(), db_persist=True
    )
    controversy = models.GeneratedField(
        expression=controversy(), output_field=models.FloatField(), db_persist=True
    )

    # The votes of each side of its debate, of `Vote.side`. They are plain columns, not generated ones, because Postgres
    # would rewrite the table to add those. The update that counts a vote sets the score, too.
    for_ups = models.IntegerField(default=0, db_default=0)
    for_downs = models.IntegerField(default=0, db_default=0)
    against_ups = models.IntegerField(default=0, db_default=0)
    against_downs = models.IntegerField(default=0, db_default=0)
    bridging = models.FloatField(default=0, db_default=0)
    persuaded = models.IntegerField(
        default=0, db_default=0, help_text="Members who say that it moved them to another side of its debate."
    )

    SHOWN_FROM = 3
    """Members who were moved, from which on their number is shown."""

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "seq"], name="comment_seq_once"),
            models.UniqueConstraint(fields=["author", "token"], name="comment_token_once"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, seq=1) | Q(parent__isnull=False, seq__gt=1),
                name="comment_opening_alone_has_no_parent",
            ),
        ]
        indexes = [
            BrinIndex(fields=["created_at"], autosummarize=True, name="comment_days"),
            models.Index("topic", Left("path", paths.INDEXED), name="comment_tree"),
            models.Index(fields=["parent", "seq"], name="comment_children"),
            models.Index(F("parent"), F("best").desc(), F("seq"), name="comment_best"),
            models.Index(F("parent"), F("score").desc(), F("seq"), name="comment_top"),
            models.Index(F("parent"), F("controversy").desc(), F("seq"), name="comment_controversial"),
            models.Index(F("parent"), F("bridging").desc(), F("seq"), name="comment_bridging"),
            models.Index(fields=["author", "-created_at"], name="comment_author"),
            models.Index(
                fields=["topic", "changed_in", "seq"],
                name="comment_changes",
                condition=Q(changed_in__gt=0),
            ),
            *(
                models.Index(fields=[each], name=f"comment_{each}", condition=Q((f"{each}__isnull", False)))
                for each in ("hidden_in", "removed_in")
            ),
            models.Index(
                fields=["topic"], name="comment_locked_branches", condition=Q(locked_in__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.topic_id}/{self.seq}"

    def get_absolute_url(self):
        return f"/comments/{self.pk}/"

    @property
    def is_opening(self) -> bool:
        return self.seq == 1

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def is_gone(self) -> bool:
        """Whether a placeholder is shown instead of the text."""
        return self.is_deleted or self.is_hidden

    @property
    def is_note(self) -> bool:
        """A system note without an author, left where comments were moved. Loads `hidden_in`."""
        return self.hidden_in_id is not None and self.hidden_in.act.leaves_note

    @property
    def is_removed(self) -> bool:
        """Whether it was deleted or hidden with a branch, so that it is shown only while it has visible replies."""
        return not self.is_opening and (self.is_deleted or self.removed_in_id is not None)

    @property
    def is_absent(self) -> bool:
        """Whether the page does not show it, not even as a placeholder."""
        return self.is_removed and not self.descendants

    @property
    def has_votes_of_both_sides(self) -> bool:
        """Whether enough members of each side have voted, so that the votes by side are shown.

        Fewer votes would say how single members voted, because everyone sees their sides.
        """
        return min(self.for_ups + self.for_downs, self.against_ups + self.against_downs) >= ENOUGH

    # --- Verbs ------------------------------------------------------------------------------------

    def edit(self, *, by, body: str, title: str | None = None, tags: list[str] | None = None) -> None:
        """Replace the text, and with an opening the topic's title and tags. The old text becomes a public revision.

        Without a difference nothing is written. Raises `Refused` if the author has deleted the comment meanwhile.
        """
        rendered = mentions.render(body)
        texts = ("body", "body_html", "version", "created_at", "edited_at")
        self.under_lock(lambda: self._edit(by, body, rendered, title, tags), also=texts)

    def _edit(self, by, body, rendered, title, tags):
        if self.is_deleted:
            raise Refused(Refusal.GONE, "This has been deleted meanwhile, so it cannot be changed any more.")
        topic, is_rewritten, listed = self.topic, body != self.body, {}
        if self.is_opening and (title or tags is not None):
            topic.refresh_from_db(fields=["title", "tags"])
            if title and title != topic.title:
                topic.title, topic.slug = title, slug_of(title)
                listed = {"title": topic.title, "slug": topic.slug}
            if tags is not None and tags != topic.tags:
                topic.tags = listed["tags"] = Tag.objects.ensure(tags)
        if self.is_opening and is_rewritten and not self.is_hidden:
            listed["excerpt"] = rendered.excerpt
        if listed or is_rewritten:
            renewed = (cache_tags.LISTS, cache_tags.TEXTS) if listed else (cache_tags.TEXTS,)
            topic.bump_version(renewed, **listed)
        if is_rewritten:
            self.revisions.keep(self, by=by)
            outbox.comment_edited(self, self.body_html, rendered)
            html = self.with_pictures(rendered.html)
            self._set(body=body, body_html=html, edited_at=timezone.now())
            Picture.objects.claim(self, html)
            LinkPreview.objects.claim(self, html)

    def with_pictures(self, html: str) -> str:
        """Return the HTML of a text for this comment with its pictures and previews that are ready. Two queries."""
        return LinkPreview.objects.place(Picture.objects.place(html, self), self)

    def place_pictures(self) -> None:
        """Put pictures and previews that have become ready into the stored text, as a change that open pages show."""
        self.under_lock(self._place_pictures, also=("body_html", "version"))

    def _place_pictures(self):
        local = markup.without_remote_pictures(self.body_html)
        if local != self.body_html:
            Picture.objects.claim(self, local, is_limited=False)
        html = self.with_pictures(local)
        if html != self.body_html and not self.is_deleted:
            self.topic.bump_version((cache_tags.TEXTS,))
            self._set(body_html=html)

    def delete_by_author(self) -> None:
        """Delete the text and its history for good. Doing it again is no error.

        With replies a placeholder stays. Without replies the comment disappears, and with an opening its topic.
        """
        self.under_lock(self._delete)

    def _delete(self):
        if self.is_deleted:
            return
        self.topic.bump_version(**self._topic_values_without())
        self.revisions.all().delete()
        self.record_texts.all().delete()
        self.pictures.release()
        self.previews.all().delete()
        self._set(body="", body_html="", deleted_at=timezone.now())
        self.refresh_from_db(fields=["descendants"])
        if self.is_opening:
            self.topic.delete_if_unanswered()
        elif not self.descendants and self.removed_in_id is None:
            self._subtract_from_ancestors()
        outbox.visibility_changed(self.topic, None if self.is_opening else self)

    def _subtract_from_ancestors(self):
        """Subtract the comment from its ancestors' counts. A placeholder that was there only for it disappears too."""
        above = paths.seqs(self.path)[:-1]
        ancestors = Comment.objects.numbered((self.topic_id, seq) for seq in above)
        ancestors.update(descendants=F("descendants") - 1)
        parent = Comment.objects.get(pk=self.parent_id)
        if parent.is_absent:
            parent._set()
            parent._subtract_from_ancestors()

    def set_hidden(self, by, action=None) -> None:
        """Hide the text, in the act `action`. Changes nothing if the text is hidden or deleted already.

        The caller has locked the topic (`lock_and_refresh`). Updates the topic's row once.
        """
        if self.is_gone:
            return
        self.topic.bump_version(**self._topic_values_without())
        self._set(hidden_at=timezone.now(), hidden_by=by, hidden_in=action)
        outbox.visibility_changed(self.topic, self)

    def reattribute_hiding(self, by, action) -> None:
        """Attribute the hiding to another act, whose reason the placeholder then shows."""
        self.topic.bump_version()
        self._set(hidden_by=by, hidden_in=action)

    def set_shown(self) -> None:
        """Undo `set_hidden`. Changes nothing if the text is shown or deleted. The caller has locked the topic."""
        if self.is_deleted or not self.is_hidden:
            return
        self.topic.bump_version(**self._topic_values_with())
        self._set(hidden_at=None, hidden_by=None, hidden_in=None, removed_in=None)
        outbox.visibility_changed(self.topic, self)

    def lock_and_refresh(self) -> None:
        """Lock the topic's row, then read what another transaction may have changed. Two queries, no new version.

        Without it two clicks at the same moment would count twice.
        """
        try:
            self._lock()
        except _Moved:
            self.lock_and_refresh()

    def under_lock(self, change: Callable[[], object], also: tuple[str, ...] = ()):
        """Lock the topic, reload the comment and run `change`, in one transaction. Returns its result.

        `also` names columns to read besides `STATE`. If a moderator has moved the comment to another topic meanwhile,
        the transaction begins again. That releases the lock on the topic that the comment has left. Holding it while
        waiting for the other could deadlock, because moderators lock topics in the order of their ids.
        """
        while True:
            try:
                with transaction.atomic():
                    self._lock(also)
                    return change()
            except _Moved:
                continue

    def _lock(self, also=()):
        topic = self.topic
        topic.lock_row()
        self.refresh_from_db(fields=[*STATE, *also])
        if self.topic_id != topic.pk:
            raise _Moved
        self.topic = topic

    def _topic_values_without(self):
        """The values of the topic's row once this comment is hidden or deleted."""
        if self.is_opening:
            return {"excerpt": ""}
        if self.is_gone:
            return {}
        others = self.topic.comments.answerable().exclude(pk=self.pk)
        return {"comment_count": F("comment_count") - 1, **self.topic.last_comment_values(others)}

    def _topic_values_with(self):
        """The values of the topic's row once this comment is shown again."""
        if self.is_opening:
            return {"excerpt": markup.excerpt(self.body_html)}
        with_it = self.topic.comments.answerable() | self.topic.comments.filter(pk=self.pk)
        return {"comment_count": F("comment_count") + 1, **self.topic.last_comment_values(with_it)}

    def _set(self, **values):
        """Write `values` and raise the version. The topic must be locked already."""
        Comment.objects.filter(pk=self.pk).rewrite(**values)
        self.refresh_from_db(fields=[*values, "version"])
