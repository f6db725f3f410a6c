"""Queries for comments, and inserts at their place in the tree."""

from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import F, Func, OuterRef, Q, RowRange, Subquery, Sum, Window
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce, Left

from forums.access import permissions
from forums.models.discussion import paths
from forums.models.discussion.category import Category
from forums.models.discussion.scores import BY_SIDE, bridging_sql
from forums.models.pictures.link_preview import LinkPreview
from forums.models.pictures.picture import Picture

TOPICS_VERSION = RawSQL("(SELECT version FROM forums_topic WHERE id = topic_id)", [])
"""The version of a comment's topic, for updates after the topic was locked and its version raised."""
HTML_SIZE = Func(F("body_html"), function="octet_length", output_field=models.IntegerField())
"""The bytes of a comment's HTML."""
NUMBERED = """
    SELECT found.id FROM unnest(%(topics)s::bigint[], %(seqs)s::bigint[]) AS wanted (topic_id, seq)
    CROSS JOIN LATERAL (
        SELECT id FROM forums_comment WHERE topic_id = wanted.topic_id AND seq = wanted.seq LIMIT 1) AS found
"""
"""Selects the ids of comments with these numbers in these topics. The limit lets Postgres look each up in the index.

With `topic_id = 7 AND seq IN (…)` Postgres may keep a plan that reads the whole topic, because most topics are short.
"""
BEGINNING = 8_000
"""Characters of HTML from which an excerpt is made."""

_IN_ROWS = (
    "pk", "created_at", "version", "topic__title", "topic__category__name", "topic__category__slug",
    "topic__category__colour", "author__username", "author__avatar", "author__deleted_at",
)  # fmt: skip


def beginning_of(comments, pk: str) -> Subquery:
    """The beginning of a comment's HTML; `pk` names the column with its id. `comments` is the model.

    A subquery, because Postgres runs it only for the rows of the page. It would cut all texts before it sorts them.
    """
    cut = comments.objects.filter(pk=OuterRef(pk)).values(cut=Left("body_html", BEGINNING))
    return Subquery(cut)


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep comments of topics that `user` may see. Includes placeholders, because they reveal nothing."""
        seen = self.filter(topic__category__in=Category.objects.visible_to(user), topic__deleted_at=None)
        if permissions.is_moderator(user):
            return seen
        own = Category.objects.moderated_by(user)
        return seen.filter(Q(topic__hidden_at=None) | Q(topic__category__in=own))

    def readable(self):
        """Leave out deleted and hidden comments, for lists, feeds and search, where placeholders are useless."""
        return self.filter(deleted_at=None, hidden_at=None)

    def on_pages(self):
        """Leave out removed comments without replies. Pages show a placeholder of the others, above their replies."""
        removed = Q(deleted_at__isnull=False) | Q(removed_in__isnull=False)
        return self.exclude(removed, seq__gt=1, descendants=0)

    def legible_to(self, user):
        """Leave out hidden comments whose text `user` may not read: those outside the categories they moderate."""
        if permissions.is_moderator(user):
            return self
        return self.filter(Q(hidden_at=None) | Q(topic__category__in=Category.objects.moderated_by(user)))

    def answerable(self):
        """Keep comments that can be replied to. A topic goes on even after its opening was deleted."""
        return self.filter(Q(deleted_at=None, hidden_at=None) | Q(seq=1))

    def in_branch(self, comment):
        """Keep `comment` and everything below it. Reads one range of the index of the tree."""
        if not comment.path:  # everything is below the opening
            return self.filter(topic=comment.topic_id)
        start = comment.path[: paths.INDEXED]
        near = self.alias(start=Left("path", paths.INDEXED)).filter(topic=comment.topic_id)
        # "~" sorts after every digit of a path.
        return near.filter(start__gte=start, start__lt=f"{start}~", path__startswith=comment.path)

    def numbered(self, places: Iterable[tuple[int, int]]):
        """Keep the comments at these places, each given by the id of a topic and a `seq`."""
        topics, seqs = [list(column) for column in zip(*places, strict=True)] or ([], [])
        sql = NUMBERED.replace("%(topics)s", "%s").replace("%(seqs)s", "%s")
        return self.filter(pk__in=RawSQL(sql, [topics, seqs]))

    def above(self, comment):
        """Keep `comment` and its ancestors."""
        return self.numbered((comment.topic_id, seq) for seq in paths.seqs_from_opening(comment.path))

    def from_date(self, at):
        """Return the first readable comment since `at`. Without one, or if `at` is None, the last comment.

        The comments must be those of one topic. At most two queries; the first reads the topic up to `at`.
        """
        readable = self.readable().order_by("seq")
        since = readable.filter(created_at__gte=at).first() if at else None
        return since or readable.last()

    def rewrite(self, **values) -> int:
        """Change these comments and raise their versions. Their topics must be locked and have their new version."""
        marks = {"changed_in": TOPICS_VERSION, "written_in": TOPICS_VERSION}
        return self.update(version=F("version") + 1, **marks, **values)

    def with_votes_by_side(self):
        """Keep comments with votes that are counted by side."""
        return self.exclude(**dict.fromkeys(BY_SIDE, 0))

    def rank_by_sides(self) -> None:
        """Compute the bridging scores from the counters by side, after those were set otherwise than by a vote."""
        self.update(bridging=RawSQL(bridging_sql(), []))

    def beginnings(self):
        """Load `beginning` instead of whole texts, for lists of excerpts. A page of whole texts would be megabytes."""
        return self.defer("body", "body_html").annotate(beginning=beginning_of(self.model, "pk"))

    def first_within(self, rows: int, size: int, *, order: Sequence[str], of: Combinable = HTML_SIZE):
        """Keep the first `rows` comments in this `order`, until the sum of their sizes `of` reaches `size`. One query.

        The first comment is kept whatever its size.
        """
        first = self.order_by(*order).values("pk")[:rows]
        before = Window(Sum(of), order_by=list(order), frame=RowRange(end=-1))
        return (
            self.model.objects.filter(pk__in=first).alias(before=Coalesce(before, 0)).filter(before__lt=size)
        )

    def rows(self):
        """Load named tuples instead of comments: all that decides what `forums.listing.comment_rows` shows of each."""
        return self.values_list(*_IN_ROWS, named=True)

    def with_context(self):
        """Load topic, category and author too."""
        return self.select_related("topic__category__parent", "author")

    def write_opening(self, topic, author, body, rendered, token, at):
        """Insert the opening of a new topic."""
        comment = self.create(
            topic=topic,
            seq=1,
            depth=0,
            path="",
            author=author,
            body=body,
            body_html=rendered.html,
            token=token,
            created_at=at,
            changed_in=topic.version,
            written_in=topic.version,
        )
        Picture.objects.claim(comment, rendered.html)
        LinkPreview.objects.claim(comment, rendered.html)
        return comment

    def leave_note(self, topic, action, body_html: str = "", **place):
        """Insert a system note without an author, which links to where comments were moved."""
        hidden = {"hidden_at": action.at, "hidden_by": action.by, "hidden_in": action}
        marks = {"changed_in": topic.version, "written_in": topic.version}
        said = {"body": "", "body_html": body_html, "created_at": action.at}
        return self.create(topic=topic, **said, **hidden, **marks, **place)
