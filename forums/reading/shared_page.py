"""The shared part of a topic page: which comments, in which order, with their HTML.

It is one cache entry under the topic's version. Each process keeps an unpacked copy. A version is never reused, so an
entry cannot be wrong.
"""

import time
from collections import OrderedDict
from typing import NamedTuple

import msgpack
from django.core.cache import cache
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, When
from django.http import Http404

from accounts.models import User
from config.caching.compiled_queries import compiled
from config.web import compression
from forums.models import Comment, Side
from forums.models.discussion import paths
from forums.reading import comment_html
from forums.reading.selection import BYTES, LEVELS, Place, Reading, select

LIFETIME = 60
"""Seconds. An author's new picture may take this long to appear. Other changes raise the version."""
NEAR = 32
"""Pages that a process keeps, up to half a megabyte each."""
LAST = 10**9
"""A position after every comment that the page selects."""
NEW_SHOWN = 100
"""New comments on the page of only new comments, without their ancestors."""


HTML_SIZE = Func(F("body_html"), function="octet_length", output_field=IntegerField())


class Row(NamedTuple):
    """All that the page needs of one comment, as plain values for the cache."""

    id: int
    seq: int
    parent_id: int | None
    position: int
    path: str
    author_id: int | None
    author_name: str
    descendants: int
    side: str
    """The side of the author in the topic's debate; "" if they have chosen none."""
    pieces: list[str]


class Shared(NamedTuple):
    """The part of a page that is the same for everybody."""

    base: Row
    children: dict[int, list[Row]]
    ids: list[int]
    next_after: int | None
    plain: dict[int, tuple[str, str] | list[str]]
    """Each row without anybody's marks, before and after its replies."""


# Whole rows are three times as wide. Building objects of them is most of the cost of a changed topic.
SHOWN = (
    "topic", "seq", "parent", "depth", "path", "descendants", "body_html", "version", "created_at", "edited_at",
    "deleted_at", "hidden_at", "hidden_in", "removed_in", "locked_in", "score",
    "author__username", "author__avatar", "author__deleted_at",
    "hidden_in__at", "hidden_in__verb", "hidden_in__role", "hidden_in__reason", "hidden_in__comment",
    "hidden_in__rule__title", "hidden_in__rule__position",
)  # fmt: skip


def comments_with_faces():
    """Load comments with all that their pieces show.

    That is the author, whom they answer, whether staff wrote them, and the act that has hidden them.
    """
    # Replies to a removed comment must not name its author.
    is_there = When(parent__deleted_at=None, parent__hidden_at=None, then=F("parent__author__username"))
    return (
        Comment.objects.select_related("author", "hidden_in__rule")
        .only(*SHOWN)
        .annotate(
            answered=Case(is_there),
            by_staff=Exists(User.objects.staff().filter(pk=OuterRef("author"))),
        )
    )


_near: OrderedDict[str, tuple[float, Shared]] = OrderedDict()


def shared(topic, reading: Reading, baseline: int | None = None) -> Shared:
    """Return the rows of a page, from the cache or with two queries.

    Only the page of new comments needs `baseline`. Raises `Http404` if the topic has no such branch.
    """
    if reading.only_new:
        return _rows(topic, reading.branch, _new_places(topic, reading.branch, baseline), None)
    key = f"window:{comment_html.WORD}:{topic.pk}:{topic.version}:{reading.key}"
    made, found = _near.get(key, (0.0, None))
    if found is None or time.monotonic() - made > LIFETIME:
        packed = cache.get(key)
        found = _unpack(packed) if packed else None
        if found is None:
            window = select(topic.pk, reading)
            places = window.places + _way_to(topic, reading.focus, window.places)
            found = _rows(topic, reading.branch, places, window.next_after)
            # An eighth of the size: a hundred such pages would fill the memory that Redis is given.
            cache.set(key, _pack(found), LIFETIME)
        _near[key] = (time.monotonic(), found)
        while len(_near) > NEAR:
            _near.popitem(last=False)
    return found


def _pack(page: Shared) -> bytes:
    return compression.pack(msgpack.packb(page))


def _unpack(packed: bytes) -> Shared:
    base, children, ids, next_after, plain = msgpack.unpackb(compression.unpack(packed), strict_map_key=False)
    rows = {parent: list(map(Row._make, below)) for parent, below in children.items()}
    return Shared(Row._make(base), rows, ids, next_after, plain)


def _way_to(topic, focus, places):
    """Add the comment asked for and its ancestors, at most as many as a page has levels, and within BYTES."""
    if focus is None:
        return []
    path = Comment.objects.filter(topic=topic, seq=focus).values_list("path", flat=True).first() or ""
    on_the_way = Comment.objects.filter(topic=topic, seq__in=paths.seqs(path)[-LEVELS:])
    shown, used, way = {place.id for place in places}, 0, []
    for seq, id, size in sorted(on_the_way.values_list("seq", "id", HTML_SIZE), reverse=True):
        if id not in shown and used < BYTES:
            way.append(Place(id, LAST + seq))
            used += size
    return way


def _new_places(topic, branch, baseline):
    """Find the oldest new comments with their ancestors, until their HTML reaches BYTES."""
    new = Comment.objects.filter(topic=topic, seq__gt=baseline, deleted_at=None, removed_in=None).order_by(
        "seq"
    )
    ways = [paths.seqs(path)[-LEVELS:] for path in new.values_list("path", flat=True)[:NEW_SHOWN]]
    seqs = {branch, *(seq for way in ways for seq in way)}
    found = Comment.objects.filter(topic=topic, seq__in=seqs).values_list("seq", "id", HTML_SIZE)
    by_seq = {seq: (Place(id, seq), size) for seq, id, size in found}
    shown = {branch} & by_seq.keys()
    for way in ways:
        if sum(by_seq[seq][1] for seq in shown) >= BYTES:
            break
        shown |= by_seq.keys() & way
    return [by_seq[seq][0] for seq in shown]


def _rows(topic, branch, places, next_after):
    position = {place.id: place.position for place in places}
    comments = with_faces(tuple(position))
    cut = comment_html.of(comments, topic)
    sides = sides_of(comments, topic)
    rows = [
        row_of(comment, position.get(comment.pk, 0), cut[comment.pk], sides.get(comment.author_id, ""))
        for comment in comments
    ]
    base = next((row for row in rows if row.seq == branch), None)
    if base is None:
        raise Http404
    children, ids = {}, {row.id for row in rows}
    for row in sorted(rows, key=lambda row: row.position):
        if row is not base:
            # The ancestors of a very deep row may be missing. It is then shown at the top and says whom it answers.
            parent = row.parent_id if row.parent_id in ids else base.id
            children.setdefault(parent, []).append(row)
    plain = {row.id: comment_html.plain(row, topic.accepted_id) for row in rows}
    return Shared(base, children, [row.id for row in rows], next_after, plain)


@compiled
def with_faces(pks):
    """The comments of these ids, as `comments_with_faces` loads them. One query."""
    return comments_with_faces().filter(pk__among=pks)


def sides_of(comments, topic) -> dict[int, str]:
    """Return the sides of the authors in the topic's debate, by their ids. One query; none without a debate."""
    if not topic.debate_from:
        return {}
    return Side.objects.by_member(topic, {comment.author_id for comment in comments})


def row_of(comment, position, cut, side):
    name = comment.author.username if comment.author and not comment.is_gone else ""
    return Row(
        comment.pk, comment.seq, comment.parent_id, position, comment.path, comment.author_id, name,
        comment.descendants, side, cut,
    )  # fmt: skip
