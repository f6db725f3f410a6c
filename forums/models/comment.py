from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone

from forums import markup, notify, paths
from forums.models.comments import CommentQuerySet
from forums.models.scores import WilsonLowerBound, controversy


class NotPosted(Exception):
    """What was written could not be stored; says why, for the member. The draft stays."""

    status = 409
    """With which the form comes back."""


class Comment(models.Model):
    """One thing somebody said, at its place in the tree of its topic.

    `seq` numbers a topic's comments in the order they came; `path` (see `forums.paths`) orders them as a tree.
    `version` grows with every change of what the comment shows. `changed_in` is its topic's version in which it last
    changed, `written_in` the one in which its text or state last did (votes leave that alone): so whoever has seen one
    version of a topic can be told all that is different (`forums.changes`). Both are 0 for what was imported.
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
    # The act that hid it, the one that took its place too, and the one that keeps replies from being added below it.
    hidden_in = models.ForeignKey(
        "forums.Action", models.PROTECT, null=True, related_name="hidden_comments", db_index=False
    )
    swept_in = models.ForeignKey(
        "forums.Action", models.PROTECT, null=True, related_name="swept_comments", db_index=False
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
            models.Index(fields=["author", "-created_at"], name="comment_author"),
            models.Index(
                fields=["topic", "changed_in", "seq"],
                name="comment_changes",
                condition=Q(changed_in__gt=0),
            ),
            GinIndex(SearchVector("body", config="english"), name="comment_words"),
            *(
                models.Index(fields=[each], name=f"comment_{each}", condition=Q((f"{each}__isnull", False)))
                for each in ("hidden_in", "swept_in")
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
        """Shown as a placeholder."""
        return self.is_deleted or self.is_hidden

    @property
    def is_note(self) -> bool:
        """Nobody's: a placeholder that says where something went or came from. Asks for the act that hides it."""
        return self.hidden_in_id is not None and self.hidden_in.act.leaves_note

    @property
    def keeps_no_place(self) -> bool:
        """Deleted, or hidden together with much else: it shows only while something stands below it."""
        return not self.is_opening and (self.is_deleted or self.swept_in_id is not None)

    @property
    def is_vanished(self) -> bool:
        return self.keeps_no_place and not self.descendants

    # --- Verbs ------------------------------------------------------------------------------------

    @transaction.atomic
    def edit(self, *, by, body: str, title: str | None = None) -> None:
        """Replace the text, and the topic's title where this opens it; the old text becomes a public
        revision. Raises `NotPosted` if the comment has been taken away meanwhile."""
        rendered = markup.render(body)
        if title and title != self.topic.title:
            self.topic.rename(title)
        self.topic.changed(**({"excerpt": rendered.excerpt} if self.is_opening else {}))
        self.refresh_from_db(fields=["body", "body_html", "version", "created_at", "edited_at", "deleted_at"])
        if self.is_deleted:
            raise NotPosted("This has been deleted meanwhile, so it cannot be changed any more.")
        if body != self.body:
            self.revisions.keep(self, by=by)
            notify.comment_edited(self, self.body_html, rendered)
            self._set(body=body, body_html=rendered.html, edited_at=timezone.now())

    @transaction.atomic
    def delete_by_author(self) -> None:
        """Take the text away for good, with its history; again is no error.

        A placeholder keeps the place of its replies; without any the comment vanishes, and so does an
        unanswered topic.
        """
        self.look_again()
        if self.is_deleted:
            return
        self.topic.changed(**self._unshown())
        self.revisions.all().delete()
        self._set(body="", body_html="", deleted_at=timezone.now())
        self.refresh_from_db(fields=["descendants"])
        if self.is_opening:
            self.topic.withdraw_if_unanswered()
        elif not self.descendants and self.swept_in_id is None:
            self._vanish()
        notify.sight_changed(self.topic, None if self.is_opening else self)

    def _vanish(self):
        """Stop counting on the ancestors; a placeholder that kept only this place goes with it."""
        ancestors = Comment.objects.filter(topic=self.topic_id, seq__in=paths.seqs(self.path)[:-1])
        ancestors.update(descendants=F("descendants") - 1)
        parent = Comment.objects.get(pk=self.parent_id)
        if parent.is_vanished:
            parent._set()
            parent._vanish()

    def set_hidden(self, by, action=None) -> None:
        """Hide the text, in the act `action`. Changes nothing if the text is hidden or deleted already.

        The caller has locked the topic (`look_again`). Updates the topic's row once.
        """
        if self.is_gone:
            return
        self.topic.changed(**self._unshown())
        self._set(hidden_at=timezone.now(), hidden_by=by, hidden_in=action)
        notify.sight_changed(self.topic, self)

    def stay_hidden(self, by, action) -> None:
        """Attribute a hidden comment to another act; its placeholder shows the reason of that act."""
        self.topic.changed()
        self._set(hidden_by=by, hidden_in=action)

    def set_shown(self) -> None:
        """Undo `set_hidden`. Changes nothing if the text is shown or deleted. The caller has locked the topic."""
        if self.is_deleted or not self.is_hidden:
            return
        self.topic.changed(**self._shown())
        self._set(hidden_at=None, hidden_by=None, hidden_in=None, swept_in=None)
        notify.sight_changed(self.topic, self)

    def look_again(self) -> None:
        """Lock the topic, then read what another transaction may have changed. Two queries, no new version.

        Without it two clicks at the same moment would count twice.
        """
        topic = self.topic
        topic.lock_row()
        self.refresh_from_db(
            fields=[
                "topic",
                "seq",
                "parent",
                "path",
                "depth",
                "deleted_at",
                "hidden_at",
                "hidden_in",
                "swept_in",
                "locked_in",
            ]
        )
        if self.topic_id != topic.pk:
            self.look_again()  # a moderator has just moved it to another topic
        else:
            self.topic = topic

    def _unshown(self):
        """The values of the topic's row once this comment is hidden or deleted."""
        if self.is_opening:
            return {"excerpt": ""}
        if self.is_gone:
            return {}
        others = self.topic.comments.answerable().exclude(pk=self.pk)
        return {"comment_count": F("comment_count") - 1, **self.topic.newest_of(others)}

    def _shown(self):
        """The values of the topic's row once this comment is shown again."""
        if self.is_opening:
            return {"excerpt": markup.excerpt(self.body_html)}
        with_it = self.topic.comments.answerable() | self.topic.comments.filter(pk=self.pk)
        return {"comment_count": F("comment_count") + 1, **self.topic.newest_of(with_it)}

    def _set(self, **values):
        """The topic has been locked before."""
        Comment.objects.filter(pk=self.pk).rewrite(**values)
        self.refresh_from_db(fields=[*values, "version"])
