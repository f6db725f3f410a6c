"""A page of a discussion: its rows in tree order, with the viewer's marks.

What is the same for everyone (which comments, in which order, their HTML with holes) is one cache entry under
the topic's version. What is the viewer's own comes in two queries and is filled into the holes on the way out.
"""

from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from forums import marks, paths, pieces
from forums.models import Comment
from forums.window import SORTS, Place, Reading, open_window

LIFETIME = 60
"""Seconds a window is kept: as long as an author's new picture may take to show; versions make it new before that."""
EYE_DEPTH = 8
"""Levels that are indented; deeper replies follow flat and say whom they answer."""
LAST = 10**9
"""A position after all that a window gives."""
NEW_SHOWN = 100
"""New comments on the page of only new ones, their ancestors not counted."""


class Row(NamedTuple):
    """All the page needs of one comment; plain values, for the cache."""

    id: int
    seq: int
    parent_id: int | None
    position: int
    path: str
    author_id: int | None
    author_name: str
    descendants: int
    pieces: list[str]


class Shared(NamedTuple):
    """The viewer-neutral part of a page."""

    base: Row
    children: dict[int, list[Row]]
    ids: list[int]
    next_after: int | None


def comments_with_faces():
    """Comments with all that their pieces show: the author, whom they answer, and whether staff wrote
    them."""
    return Comment.objects.select_related("author").annotate(
        answered=F("parent__author__username"),
        by_staff=Exists(User.objects.staff().filter(pk=OuterRef("author"))),
    )


def shared(topic, reading: Reading, baseline: int | None = None) -> Shared:
    """The page's rows: from the cache, or in two queries. `baseline` matters to the page of only new
    comments.

    Raises `Http404` if the topic has no such branch.
    """
    if reading.only_new:
        return _rows(topic, reading.branch, _new_places(topic, baseline), None)
    key = f"window:{pieces.WORD}:{topic.pk}:{topic.version}:{reading.key}"
    if (found := cache.get(key)) is None:
        window = open_window(topic.pk, reading)
        places = window.places + _way_to(topic, reading.focus, window.places)
        found = _rows(topic, reading.branch, places, window.next_after)
        cache.set(key, found, LIFETIME)
    return found


def _way_to(topic, focus, places):
    """The comment asked for and its ancestors, where the window does not hold them by itself."""
    if focus is None:
        return []
    path = Comment.objects.filter(topic=topic, seq=focus).values_list("path", flat=True).first() or ""
    on_the_way = Comment.objects.filter(topic=topic, seq__in=paths.seqs(path))
    shown = {place.id for place in places}
    return [Place(id, LAST + seq) for id, seq in on_the_way.values_list("id", "seq") if id not in shown]


def _new_places(topic, baseline):
    new = Comment.objects.filter(topic=topic, seq__gt=baseline, deleted_at=None).order_by("seq")
    seqs = {seq for path in new.values_list("path", flat=True)[:NEW_SHOWN] for seq in paths.seqs(path)}
    return [
        Place(*pair) for pair in Comment.objects.filter(topic=topic, seq__in=seqs).values_list("id", "seq")
    ]


def _rows(topic, branch, places, next_after):
    position = {place.id: place.position for place in places}
    comments = list(comments_with_faces().filter(Q(pk__in=position) | Q(seq=branch), topic=topic))
    cut = pieces.of(comments, topic)
    rows = [_row(comment, position.get(comment.pk, 0), cut[comment.pk]) for comment in comments]
    base = next((row for row in rows if row.seq == branch), None)
    if base is None:
        raise Http404
    children = {}
    for row in sorted(rows, key=lambda row: row.position):
        if row is not base:
            children.setdefault(row.parent_id, []).append(row)
    return Shared(base, children, [row.id for row in rows], next_after)


def _row(comment, position, cut):
    name = comment.author.username if comment.author else ""
    return Row(
        comment.pk, comment.seq, comment.parent_id, position, comment.path, comment.author_id, name,
        comment.descendants, cut,
    )  # fmt: skip


def single(topic, comment, user) -> SafeString:
    """One comment as the thread shows it, without replies: the answer to having written it. One query."""
    comment = comments_with_faces().get(pk=comment.pk)
    out = []
    fill(
        _row(comment, 0, pieces.of([comment], topic)[comment.pk]),
        marks.Marks(member_id=user.pk),
        topic,
        "",
        out,
    )
    return mark_safe("".join(out))


class Page:
    """One viewer's page of a discussion, as the templates use it."""

    def __init__(self, topic, reading: Reading, user, baseline: int | None = None):
        self.topic, self.reading, self.user = topic, reading, user
        self.shared = shared(topic, reading, baseline)
        self.marks = marks.of(user, topic, self.shared.ids, baseline)
        self.marks.folded.update(reading.folded)
        self.shown = set()
        self.address = topic.get_absolute_url()

    @property
    def base(self) -> Row:
        return self.shared.base

    @property
    def is_branch(self) -> bool:
        return self.base.seq != 1

    @property
    def new_count(self) -> int:
        return len(self.marks.new)

    @property
    def next_new(self) -> int | None:
        """The id of the first new comment, unless the page shows it. Ask after `thread`."""
        unseen = (id for id, seq, _ in self.marks.new if seq not in self.shown)
        return None if any(seq in self.shown for _, seq, _ in self.marks.new) else next(unseen, None)

    @property
    def next_after(self) -> int | None:
        return self.shared.next_after

    @property
    def draft(self) -> str:
        """What the viewer had begun to answer to the page's base."""
        return self.marks.drafts.get(self.base.id, "")

    @property
    def is_middle(self) -> bool:
        """It begins somewhere in the discussion, so the opening is left to the first page."""
        return bool(self.reading.start or self.reading.after)

    @property
    def sorts(self) -> list[str]:
        return list(SORTS)

    def opening(self) -> SafeString:
        """The base comment by itself, its replies left to `thread`."""
        out = []
        self._fill(self.base, "", out)
        return mark_safe("".join(out))

    def thread(self) -> SafeString:
        """The replies as list items, nested; on a branch's page the base is the one at the top."""
        out = []
        if self.is_branch:
            self._branch(self.base, 1, out)
        else:
            for row in self.shared.children.get(self.base.id, ()):
                self._branch(row, 1, out)
        return mark_safe("".join(out))

    def _branch(self, row, level, out):
        replies = self.shared.children.get(row.id, ())
        if level >= EYE_DEPTH:
            # No deeper indentation: what answers this row follows it as its equal, and says whom it answers.
            self._fill(row, "", out)
            for reply in replies:
                self._branch(reply, level + 1, out)
            out.append(self._more(row, replies, tag="li"))
            return
        nested = []
        if replies:
            branch = f' data-branch="{row.id}"' if row is self.base else ""
            nested.append(f'<ol class="thread"{branch}>')
            for reply in replies:
                self._branch(reply, level + 1, nested)
            nested += [self._more(row, replies, tag="li"), "</ol>"]
        elif row.descendants:
            nested.append(self._more(row, replies, tag="p"))
        self._fill(row, "".join(nested), out)

    def _more(self, row, replies, tag):
        """The link to what the page leaves out below `row`; empty if it shows all."""
        left_out = row.descendants - sum(1 + reply.descendants for reply in replies)
        if left_out <= 0 or self.reading.only_new:
            return ""
        after = f"&amp;after={replies[-1].seq}" if replies else ""
        href = f"{self.address}?branch={row.seq}&amp;sort={self.reading.sort}{after}"
        text = f"{left_out} {'more ' if replies else ''}{'reply' if left_out == 1 else 'replies'}"
        return (
            f'<{tag} class="more"><a href="{href}" rel="nofollow" data-branch="{row.id}">{text}</a></{tag}>'
        )

    def _fill(self, row, replies, out):
        self.shown.add(row.seq)
        fill(row, self.marks, self.topic, replies, out)


# A button's hole is the end of its address and its state. A pressed button leads to undoing, so a double
# click is harmless.
_PRESSED = '%s/" aria-pressed="true'
_RELEASED = '%s/" aria-pressed="false'
_FOLD = 'fold/" aria-label="Collapse" aria-expanded="true'
_UNFOLD = 'unfold/" aria-label="Expand" aria-expanded="false'
_BELOW = '<span class="badge branch">%d new below</span>'
_SOLVED = '<span class="badge solved">accepted answer</span>'
_IGNORED = '<details class="ignored"><summary>From %s, whom you ignore</summary>'


def fill(row: Row, own: marks.Marks, topic, replies: str, out: list[str]) -> None:
    """Append the row with the viewer's own marks in its holes."""
    vote, is_new = own.votes.get(row.id), own.is_new(row.seq, row.author_id)
    is_folded, is_saved = row.id in own.folded, row.id in own.bookmarked
    is_accepted = row.id == topic.accepted_id
    states = (
        (is_new, " is-new"),
        (row.author_id and row.author_id == own.member_id, " is-mine"),
        (vote, " voted-up" if vote == 1 else " voted-down"),
        (is_saved, " is-bookmarked"),
        (is_folded, " is-collapsed"),
        (is_accepted, " is-accepted"),
    )
    new_below = own.new_below(row.path) if own.new and row.path else 0
    hole = {
        "state": "".join(name for holds, name in states if holds),
        "mark": (_SOLVED if is_accepted else "") + (_BELOW % new_below if new_below else ""),
        "fold": _UNFOLD if is_folded else _FOLD,
        "hidden": str(1 + row.descendants),
        "up": _PRESSED % "none" if vote == 1 else _RELEASED % "up",
        "down": _PRESSED % "none" if vote == -1 else _RELEASED % "down",
        "bookmark": _PRESSED % "forget" if is_saved else _RELEASED % "bookmark",
        "accept": "unaccept/" if is_accepted else "accept/",
        "replies": replies,
    }
    if row.author_id in own.ignored:
        hole |= {"ignored": _IGNORED % row.author_name, "heard": "</details>"}
    pieces.fill(row.pieces, hole, out)
