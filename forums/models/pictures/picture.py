import secrets
from datetime import timedelta
from itertools import chain

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.processes import task_queue
from forums.models.pictures import placing
from forums.models.pictures.tries import TriedQuerySet

UPLOADS_TASK = "forums.tasks.process_uploads"
FETCH_TASK = "forums.tasks.fetch_pictures"
REMOVE_TASK = "forums.tasks.remove_pictures"
AVIF_WIDEST = 800
DAY = timedelta(days=1)
MOST_FETCHED = 20
"""Pictures of other sites in one comment. Further ones stay links, so that no text starts hundreds of requests."""


def new_key() -> str:
    return secrets.token_urlsafe(16)


def new_folder() -> str:
    name = secrets.token_hex(16)
    return f"pictures/{name[:2]}/{name}"


class PictureQuerySet(TriedQuerySet):
    def claim(self, comment, html: str, *, is_limited=True) -> None:
        """Give the pictures in the new text `html` of `comment` to it: its author's uploads, and those of other sites.

        The author's limit of a day counts, unless an operator has older texts completed (`is_limited`).
        At most six queries, none for a text without pictures.
        """
        found = placing.find(html)
        if found.keys:
            own = self.present().filter(key__in=found.keys, owner=comment.author_id, comment=None)
            if own.exclude(owner=None).update(comment=comment):
                self._place_ready(comment, html)
        if found.sources and settings.PICTURES_FETCHED:
            self.await_fetching(comment, found.sources, comment.author if is_limited else None)

    def _place_ready(self, comment, html: str) -> None:
        """Place what has become ready since the text was rendered. Until now its task could not know the comment."""
        placed = self.place(html, comment)
        if placed != html:
            comment.body_html = placed
            type(comment).objects.filter(pk=comment.pk).update(body_html=placed)

    def await_fetching(self, comment, sources, owner=None) -> None:
        """Have these addresses fetched for `comment`, within the limits of its `owner`, if a member has written it.

        Nothing for those that it has already. Two queries, and one more with an owner.
        """
        had = set(self.filter(comment=comment).exclude(source="").values_list("source", flat=True))
        left = MOST_FETCHED - len(had)
        if owner is not None:
            today = self.of_today(owner).exclude(source="").count()
            left = min(left, settings.PICTURES_A_DAY[owner.trust] - today)
        new = [source for source in sources if source not in had and len(source) <= 2000]
        rows = [Picture(comment=comment, source=source, owner=owner) for source in new[: max(0, left)]]
        self.bulk_create(rows, ignore_conflicts=True)
        task_queue.start_on_commit(FETCH_TASK)

    def place(self, html: str, comment=None) -> str:
        """Return `html` with the pictures that are ready. One query, none for a text without pictures."""
        found = placing.find(html)
        if not found.keys and not (found.sources and comment):
            return html
        wanted = Q(key__in=found.keys)
        if comment is not None:
            wanted |= Q(comment=comment, source__in=found.sources)
        return placing.place(html, self.filter(wanted, state=Picture.State.READY))

    def release(self) -> None:
        """Take these pictures from their comment, whose text is deleted. A task removes their files."""
        if self.update(comment=None, state=Picture.State.REMOVED):
            task_queue.start_on_commit(REMOVE_TASK)

    def present(self):
        """Leave out those that were removed."""
        return self.exclude(state=Picture.State.REMOVED)

    def abandoned(self):
        """Keep pictures of deleted texts, and old uploads that no draft or pending post of their owner names."""
        before = timezone.now() - timedelta(days=settings.PICTURES_ORPHAN_DAYS)
        old = Picture.objects.filter(comment=None, created_at__lt=before)
        for texts in ("drafts", "pending_posts"):
            old = old.exclude(**{f"owner__{texts}__body__contains": F("key")})
        removed = Q(state=Picture.State.REMOVED) & ~Q(folder="")
        return self.filter(removed | Q(owner=None) | Q(pk__in=old.values("pk")), comment=None)

    def forgettable(self):
        """Find the rows of removed pictures that count for nobody's limit any more."""
        is_over = Q(owner=None) | Q(created_at__lt=timezone.now() - DAY)
        return self.filter(is_over, comment=None, state=Picture.State.REMOVED, folder="")

    def of_today(self, member):
        """Filter the pictures of a member from the last 24 hours. Removed ones count, so that no place becomes free."""
        return self.filter(owner=member, created_at__gte=timezone.now() - DAY)


class Picture(models.Model):
    """A picture of one comment: an upload, or the copy of a picture on another site (`source`).

    It belongs to its comment: those who may not read the comment get a 404 for its files. Until its author has posted
    it, it has no comment, and only its owner sees it. The files are `folder` with a suffix. `folder` is never shown,
    so that a server that gives out all uploads reveals none. The row of a removed upload is kept for a day without a
    folder, because it counts for the limit of its owner.
    """

    class State(models.TextChoices):
        PENDING = "pending", "is being prepared"
        READY = "ready", "can be shown"
        REFUSED = "refused", "cannot be shown"
        REMOVED = "removed", "has been removed"

    key = models.CharField(max_length=22, unique=True, default=new_key)
    folder = models.CharField(max_length=80, default=new_folder)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="pictures")
    comment = models.ForeignKey("forums.Comment", models.SET_NULL, null=True, related_name="pictures")
    source = models.CharField(max_length=2000, blank=True, help_text="Its address on another site.")
    digest = models.CharField(
        max_length=64, blank=True, help_text="The SHA-256 of the file that was received."
    )
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    problem = models.CharField(
        max_length=200, blank=True, help_text="Why it cannot be shown, or only as a still picture."
    )
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    widths = ArrayField(models.PositiveIntegerField(), default=list, help_text="Of its files, ascending.")
    has_avif = models.BooleanField(
        default=False, help_text="The smaller files exist as AVIF, too, not only as WebP."
    )
    is_moving = models.BooleanField(
        default=False, db_default=False, help_text="It has a file with its animation."
    )
    size = models.PositiveIntegerField(default=0, help_text="Bytes of all its files.")
    fetched_at = models.DateTimeField(null=True, help_text="When it was read from its address.")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PictureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "source"], condition=~Q(source=""), name="picture_source_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="picture_pending"),
            models.Index(fields=["created_at"], condition=Q(comment=None), name="picture_without_comment"),
            models.Index(fields=["owner", "created_at"], name="picture_owner"),
            models.Index(
                fields=["source"],
                condition=Q(state="ready", fetched_at__isnull=False),
                name="picture_fetched",
            ),
        ]

    def __str__(self):
        return self.key

    def get_absolute_url(self):
        return placing.address(self.key)

    @property
    def original(self) -> str:
        """The name in the storage of the file as it was received. It is deleted once the picture is ready."""
        return f"{self.folder}-original"

    @property
    def files(self) -> list[str]:
        """The names in the storage of all files that it can have."""
        kinds = (("webp", width) for width in self.widths), (("avif", width) for width in self.avif_widths)
        moving = [self.moving_file] if self.is_moving else []
        return [self.original, *(self.file(width, kind) for kind, width in chain(*kinds)), *moving]

    @property
    def avif_widths(self) -> list[int]:
        return [width for width in self.widths if self.has_avif and width <= AVIF_WIDEST]

    @property
    def moving_file(self) -> str:
        return f"{self.folder}-moving.webp"

    def file(self, width: int, kind: str) -> str:
        return f"{self.folder}-{width}.{kind}"
