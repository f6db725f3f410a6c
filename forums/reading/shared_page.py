"""The shared part of a topic page: which comments, in which order, with their HTML.

It is one cache entry under the topic's version. Each process keeps an unpacked copy. A version is never reused, so an
entry cannot be wrong.
"""

from collections import Counter
from typing import NamedTuple

import msgpack
from django.db.models import Case, Exists, F, OuterRef, When
from django.http import Http404

from accounts.models import User
from config.caching.compiled_queries import compiled
from config.caching.evictable import cache
from config.caching.recent_values import RecentValues
from config.monitoring import counters
from config.web import compression
from forums.markup.size import PAGE
from forums.models import Comment, Side
from forums.models.discussion import paths
from forums.models.discussion.comment_queries import HTML_SIZE
from forums.models.discussion.scores import BY_SIDE
from forums.reading import addresses, comment_html
from forums.reading.selection import LEVELS, Reading, Selected, Selection, select

LIFETIME = 60
"""Seconds. An author's new picture may take this long to appear. Other changes raise the version."""
LOCAL_PAGES = 32
"""Pages that a process keeps, up to half a megabyte each."""
PEOPLE = 8
"""Members that are shown beside the discussion."""
LAST = 10**9
"""A position after every comment that the page selects."""
NEW_SHOWN = 100
"""New comments on the page of only new comments, without their ancestors."""


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
    fragments: list[str]


class SharedPage(NamedTuple):
    """The part of a page that is the same for everybody."""

    base: Row
    children: dict[int, list[Row]]
    ids: list[int]
    next_after: int | None
    is_start: bool
    plain: dict[int, tuple[str, str, str, str] | list[str]]
    """Each row without anybody's state, in the parts of `comment_html.plain`."""
    people: list["Person"]
    """Those who wrote most on this page."""
    is_linked: bool = False
    """Whether pages link to this reading. Others are not cached."""


class Person(NamedTuple):
    name: str
    avatar_url: str
    count: int
    """Comments on the page."""


# Whole rows are three times as wide. Building objects of them is most of the cost of a changed topic.
SHOWN = (
    "topic", "seq", "parent", "depth", "path", "descendants", "body_html", "version", "created_at", "edited_at",
    "deleted_at", "hidden_at", "hidden_in", "removed_in", "locked_in", "score",
    *BY_SIDE,
    "author__username", "author__avatar", "author__deleted_at",
    "hidden_in__at", "hidden_in__verb", "hidden_in__role", "hidden_in__reason", "hidden_in__comment",
    "hidden_in__rule__title", "hidden_in__rule__position",
)  # fmt: skip


def comments_to_render():
    """Load comments with all that their HTML shows.

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


_local: RecentValues[SharedPage] = RecentValues(LOCAL_PAGES, LIFETIME)


def shared(topic, reading: Reading, baseline: int | None = None) -> SharedPage:
    """Return the rows of a page, from the cache or with two queries.

    Only the page of new comments needs `baseline`. Raises `Http404` if the topic has no such branch.
    """
    if reading.only_new:
        return _build(
            topic, reading.branch, Selection(_new_comments(topic, reading.branch, baseline), None, True)
        )
    # Raise the number with every change of SharedPage or Row, because the cache outlives a deployment.
    key = f"shared_page:3:{comment_html.TEMPLATE_HASH}:{topic.pk}:{topic.version}:{reading.key}"
    if found := _local.get(key):
        counters.read_cache("shared_page in process", hits=1, misses=0)
    else:
        packed = cache.get(key)
        found = _unpack(packed) if packed else None
        if found is None:
            selection = select(topic.pk, reading)
            path = _path_of(topic, reading.focus) if reading.focus else ""
            way = _way_to(topic, path, selection.comments)
            found = _build(topic, reading.branch, selection._replace(comments=selection.comments + way))
            if addresses.is_linked(topic, reading, path):
                found = found._replace(is_linked=True)
                # An eighth of the size: a hundred such pages would fill the memory that Redis is given.
                cache.set(key, _pack(found), LIFETIME)
        _local.put(key, found)
    return found


def _pack(page: SharedPage) -> bytes:
    return compression.pack(msgpack.packb(page))


def _unpack(packed: bytes) -> SharedPage:
    base, children, *rest, people, is_linked = msgpack.unpackb(
        compression.unpack(packed), strict_map_key=False
    )
    rows = {parent: list(map(Row._make, below)) for parent, below in children.items()}
    return SharedPage._make([Row._make(base), rows, *rest, list(map(Person._make, people)), is_linked])


def _path_of(topic, seq):
    return Comment.objects.filter(topic=topic, seq=seq).values_list("path", flat=True).first() or ""


def _way_to(topic, path, selected):
    """Select the comment at `path` and its nearest ancestors, up to LEVELS, until their HTML reaches PAGE."""
    if not path:
        return []
    ancestors = Comment.objects.filter(topic=topic, seq__in=paths.seqs(path)[-LEVELS:])
    shown, used, found = {each.id for each in selected}, 0, []
    for seq, id, size in sorted(ancestors.values_list("seq", "id", HTML_SIZE), reverse=True):
        if id not in shown and used < PAGE:
            found.append(Selected(id, LAST + seq))
            used += size
    return found


def _new_comments(topic, branch, baseline):
    """Select the oldest new comments with their ancestors, until their HTML reaches PAGE."""
    new = Comment.objects.filter(topic=topic, seq__gt=baseline, deleted_at=None, removed_in=None).order_by(
        "seq"
    )
    new_paths = [paths.seqs(path)[-LEVELS:] for path in new.values_list("path", flat=True)[:NEW_SHOWN]]
    seqs = {branch, *(seq for path in new_paths for seq in path)}
    found = Comment.objects.filter(topic=topic, seq__in=seqs).values_list("seq", "id", HTML_SIZE)
    by_seq = {seq: (Selected(id, seq), size) for seq, id, size in found}
    shown = {branch} & by_seq.keys()
    for path in new_paths:
        if sum(by_seq[seq][1] for seq in shown) >= PAGE:
            break
        shown |= by_seq.keys() & path
    return [by_seq[seq][0] for seq in shown]


def _build(topic, branch, selection):
    position = {each.id: each.position for each in selection.comments}
    comments = load_comments(tuple(position))
    fragments = comment_html.of(comments, topic)
    sides = sides_of(comments, topic)
    rows = [
        row_of(comment, position.get(comment.pk, 0), fragments[comment.pk], sides.get(comment.author_id, ""))
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
    shown, people = [row.id for row in rows], _people(comments)
    return SharedPage(base, children, shown, selection.next_after, selection.is_start, plain, people)


def _people(comments):
    written = Counter(
        each.author for each in comments if each.author and not each.is_gone and not each.author.deleted_at
    )
    return [Person(who.username, who.avatar_url, count) for who, count in written.most_common(PEOPLE)]


@compiled
def load_comments(pks):
    """Load the comments of these ids, as `comments_to_render` loads them. One query."""
    return comments_to_render().filter(pk__among=pks)


def sides_of(comments, topic) -> dict[int, str]:
    """Return the sides of the authors in the topic's debate, by their ids. One query; none without a debate."""
    if not topic.debate_from:
        return {}
    return Side.objects.by_member(topic, {comment.author_id for comment in comments})


def row_of(comment, position, fragments, side):
    name = comment.author.username if comment.author and not comment.is_gone else ""
    return Row(
        comment.pk, comment.seq, comment.parent_id, position, comment.path, comment.author_id, name,
        comment.descendants, side, fragments,
    )  # fmt: skip
