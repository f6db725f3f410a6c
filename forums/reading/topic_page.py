"""Renders a topic page: its rows in the order of the tree, with the viewer's own state.

The part that is the same for everyone (which comments, in which order, their HTML with slots) is one cache entry under
the topic's version. The viewer's state is filled into the slots.
"""

from django.utils.safestring import SafeString, mark_safe

from config.caching.holes import Ready
from forums.access.viewer_class import ViewerClass
from forums.models import Topic
from forums.reading import comment_html, shared_page, viewer_state
from forums.reading.comment_html import Facts, Row
from forums.reading.selection import BRIDGING, SORTS, Reading

VOLATILE = {
    "version", "last_seq", "last_comment_at", "last_author_id", "comment_count", "score", "rearranged_in",
}  # fmt: skip
"""The columns of a topic that replies and votes change. Its page shows them in holes."""
_LASTING = [each.attname for each in Topic._meta.concrete_fields if each.attname not in VOLATILE]


def single(topic, pk: int, user) -> SafeString:
    """Render one comment as the page of `user` shows it, after they have edited it.

    One query, one more in a debate.
    """
    (comment,) = shared_page.load_comments((pk,))
    facts = Facts.of(comment)
    fragments = comment_html.of([facts], topic, lambda _: [comment])[pk]
    return _row(topic, facts, fragments, user)


def own(topic, comment) -> SafeString:
    """Render a reply that its author has just posted, as their page shows it.

    No query for a new comment with its author (loaded `for_request`) and the comment that it answers. One in a debate.
    """
    author, parent = comment.author, comment.parent
    comment.by_staff = author.is_staff or author.is_moderator
    comment.answered = parent.author.username if parent.author_id and not parent.is_gone else None
    facts = Facts.of(comment)
    return _row(topic, facts, comment_html.of_new(facts, comment, topic), author)


def _row(topic, facts, fragments, user):
    row = shared_page.row_of(facts, 0, fragments, shared_page.sides_of([facts], topic))
    return mark_safe("".join(comment_html.parts(row, viewer_state.ViewerState(user.pk), topic.accepted_id)))


class Page:
    """The part of a topic's page that all viewers share, for the templates."""

    def __init__(self, topic, reading: Reading, shared: shared_page.SharedPage):
        self.topic, self.reading, self.shared = topic, reading, shared

    @property
    def base(self) -> Row:
        return self.shared.base

    @property
    def is_branch(self) -> bool:
        return self.base.seq != 1

    @property
    def people(self) -> SafeString:
        return self.shared.people

    @property
    def next_after(self) -> int | None:
        return self.shared.next_after

    @property
    def is_middle(self) -> bool:
        """Whether it begins in the middle of the discussion. It then leaves out the opening."""
        return not self.shared.is_start

    @property
    def has_replies(self) -> bool:
        """Whether it shows any reply, or on the page of a branch its first comment."""
        return self.is_branch or bool(self.shared.children.get(self.base.id))

    @property
    def has_opening(self) -> bool:
        """Whether it begins with the topic's opening."""
        return not (self.is_branch or self.is_middle or self.reading.only_new)

    @property
    def has_seldom(self) -> bool:
        return self.shared.has_seldom

    def cache_key(self, viewer: ViewerClass, *shown) -> str | None:
        """Name all that the page has `shown` outside of its holes to viewers of one class.

        None for the page of new comments, which is personal. What most versions of the topic change is in holes, so
        one page serves many versions. A category can change without a new version, and whether a debate has begun
        depends on the time.
        """
        if self.reading.only_new:
            return None
        categories = [
            (each.name, each.slug, each.colour)
            for each in (self.topic.category, self.topic.category.parent)
            if each
        ]
        facts = [getattr(self.topic, name) for name in _LASTING]
        facts += [self.topic.is_closed, self.topic.is_before_debate, bool(self.topic.comment_count)]
        facts += [self.next_after, self.is_middle, self.has_replies, self.has_seldom]
        facts += [self.base.id, self.base.author_name]
        return f"{self.reading.key}:{viewer.key}:{facts}:{categories}:{shown}"

    @property
    def shown(self) -> set[int]:
        """The `seq` of all comments on the page."""
        found = {row.seq for below in self.shared.children.values() for row in below}
        return found | {self.base.seq} if self.is_branch or self.has_opening else found

    @property
    def sorts(self) -> list[str]:
        """The orders that the page offers. Comments have a bridging score only in debates."""
        return [sort for sort in SORTS if sort != BRIDGING or self.topic.debate_from]


class OwnPage:
    """One viewer's own part of a topic's page: the comments with their votes and marks, and what is new for them."""

    def __init__(self, topic, reading: Reading, user, baseline: int | None = None):
        self.topic, self.user = topic, user
        self.page = Page(topic, reading, shared_page.shared(topic, reading, baseline))
        self.viewer = viewer_state.of(user, topic, tuple(self.page.shared.rows), baseline)
        self.viewer.folded.update(reading.folded)

    @property
    def new_count(self) -> int:
        return len(self.viewer.new)

    @property
    def next_new(self) -> int | None:
        """The id of the next new comment after those on the page, or of the first one at the end.

        None if nothing is new.
        """
        shown = self.page.shown if self.viewer.new else set()
        last = max((seq for _, seq, _ in self.viewer.new if seq in shown), default=0)
        beyond = [(seq in shown, seq < last, seq, id) for id, seq, _ in self.viewer.new]
        return min(beyond)[-1] if beyond else None

    @property
    def first_new(self) -> int | None:
        """The id of the oldest new comment, or None."""
        return self.viewer.new[0][0] if self.viewer.new else None

    @property
    def draft(self) -> dict[str, str]:
        """The token and the body of the viewer's newest draft of a reply to the first comment of the page."""
        return self.viewer.drafts.get(self.page.base.id, {})

    def opening(self) -> SafeString:
        """Render the first comment of the page without its replies."""
        base = self.page.base
        is_own = self.viewer.is_concerned(base)
        return mark_safe("".join(self._own(base) if is_own else self.page.shared.plain[base.id]))

    def replies(self) -> Ready:
        """Render the replies as nested list items. On the page of a branch its first comment is the only one on top."""
        shared = self.page.shared
        pieces = shared.thread.pieces[:]
        for row in shared.rows.values():
            if self.viewer.is_concerned(row) and (place := shared.thread.places.get(row.id)):
                before, after = place
                pieces[before], pieces[after] = (part.encode() for part in self._own(row))
        return Ready(pieces)

    def _own(self, row):
        return comment_html.parts(row, self.viewer, self.topic.accepted_id)
