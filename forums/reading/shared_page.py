"""The shared part of a topic page: which comments, in which order, with their HTML.

Redis has an entry under the topic's version that says which comments they are, and one for the HTML of each comment.
After a change, only the HTML of changed comments is rendered. Each process keeps whole pages, and the facts of comments
by their versions. A version is never reused, so an entry cannot be wrong.
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, When
from django.http import Http404
from django.template.defaultfilters import pluralize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from config.caching.compiled_queries import compiled
from config.caching.recent_values import RecentValues
from config.caching.shared_values import SharedValues
from forums.markup.size import PAGE
from forums.models import Comment, Side
from forums.models.discussion import paths
from forums.models.discussion.comment_queries import HTML_SIZE
from forums.models.discussion.scores import BY_SIDE
from forums.reading import addresses, comment_html
from forums.reading.comment_html import Facts, Row
from forums.reading.selection import LEVELS, Reading, Selected, Selection, select
from forums.reading.thread_html import LAST, Thread, Tree, thread

LIFETIME = 60
"""Seconds that pages are kept, and the facts of comments. So an author's new picture, for instance, may take twice as
long to appear. Other changes raise a version."""
LOCAL_PAGES = 32
"""Pages that a process keeps, up to half a megabyte each."""
SHOWN_PAGES = 500
"""Pages of which a process keeps the ids of the comments, about 2 KB each."""
KEPT_FACTS = 4_000
"""Comments of which a process keeps the facts, about 0.5 KB each."""
PEOPLE = 8
"""Members that are shown beside the discussion."""
KEPT_PEOPLE = 1_000
"""Members whose picture with its link a process keeps."""
NEW_SHOWN = 100
"""New comments on the page of only new comments, without their ancestors."""


class Outline(NamedTuple):
    """What Redis stores of a page. The HTML of each comment has an entry of its own, so later versions can use it."""

    comments: list[Selected]
    sides: dict[int, str]
    """The sides of the authors in the topic's debate, by their ids."""
    next_after: int | None
    is_start: bool
    is_linked: bool


class SharedPage(NamedTuple):
    """The part of a page that is the same for everybody."""

    base: Row
    children: dict[int, list[Row]]
    rows: dict[int, Row]
    """All rows, by the ids of their comments."""
    plain: dict[int, tuple[str, str]]
    """Each row without anybody's state, in the parts of `comment_html.parts`."""
    thread: Thread
    has_seldom: bool
    """Whether a comment has a block of code or an animation, so that the page needs `seldom.css`."""
    people: SafeString
    """The pictures of those who wrote most on this page."""
    next_after: int | None
    is_start: bool
    is_linked: bool
    """Whether pages link to this reading. Others are not cached."""


# Building objects of whole rows, which are three times as wide, was most of the cost of a changed topic.
SHOWN = (
    "topic", "seq", "parent", "depth", "path", "descendants", "body_html", "version", "created_at", "edited_at",
    "deleted_at", "hidden_at", "hidden_in", "removed_in", "locked_in", "score",
    *BY_SIDE, "persuaded",
    "author__username", "author__avatar", "author__deleted_at",
    "hidden_in__at", "hidden_in__verb", "hidden_in__role", "hidden_in__reason", "hidden_in__comment",
    "hidden_in__rule__title", "hidden_in__rule__position",
)  # fmt: skip


_PERSON = (
    '<li><a href="{1}" title="{0}, {3} comment{4} here">'
    '<img class="avatar" src="{2}" alt="{0}" width="32" height="32" loading="lazy"></a></li>'
)


def comments_to_render():
    """Load comments with all that their HTML shows.

    Beside texts these are the authors, the names of those who are answered, who is staff, and the acts that have hidden
    comments.
    """
    return _with_people(Comment.objects.select_related("author", "hidden_in__rule").only(*SHOWN))


def _with_people(comments):
    # Replies to a removed comment must not name its author.
    is_there = When(parent__deleted_at=None, parent__hidden_at=None, then=F("parent__author__username"))
    is_staff = Exists(User.objects.staff().filter(pk=OuterRef("author")))
    return comments.annotate(answered=Case(is_there), by_staff=is_staff)


def shared(topic, reading: Reading, baseline: int | None = None) -> SharedPage:
    """Return the rows of a page, from the cache or with two queries, and one more if comments must be rendered.

    Only the page of new comments needs `baseline`. Raises `Http404` if the topic has no such branch.
    """
    if reading.only_new:
        selection = Selection(_new_comments(topic, reading.branch, baseline), None, True)
        return _build(topic, reading, _outline(topic, selection))
    # Raise the number with every change of Outline, because the cache outlives a deployment.
    key = f"5:{comment_html.TEMPLATE_HASH}:{topic.pk}:{topic.version}:{reading.key}"
    page = _pages.get(key, lambda: _make(topic, reading), lambda outline: _build(topic, reading, outline))
    if not reading.place:
        _shown.put((topic.pk, reading.sort), tuple(page.rows))
    return page


def shown_before(topic_id: int, sort: str) -> tuple[int, ...]:
    """Return the ids of the comments that this process showed last at the beginning of the topic in this order.

    They may be those of an older version.
    """
    return _shown.get((topic_id, sort)) or ()


def _make(topic, reading):
    selection = select(topic.pk, reading)
    path = _path_of(topic, reading.focus) if reading.focus else ""
    way = _way_to(topic, path, selection.comments)
    is_linked = addresses.is_linked(topic, reading, path)
    selection = selection._replace(comments=selection.comments + way)
    return _outline(topic, selection, is_linked), is_linked


_pages: SharedValues[Outline, SharedPage] = SharedValues("shared_page", LOCAL_PAGES, LIFETIME)
_shown: RecentValues[tuple[int, ...]] = RecentValues(SHOWN_PAGES, LIFETIME)
_facts: RecentValues[Facts] = RecentValues(KEPT_FACTS, LIFETIME)


def _path_of(topic, seq):
    return Comment.objects.filter(topic=topic, seq=seq).values_list("path", flat=True).first() or ""


def _way_to(topic, path, selected):
    """Select the comment at `path` and its nearest ancestors, up to LEVELS, until their HTML reaches PAGE."""
    if not path:
        return []
    ancestors = Comment.objects.numbered((topic.pk, seq) for seq in paths.seqs(path)[-LEVELS:])
    shown, used, found = {each.id for each in selected}, 0, []
    for seq, size, id, *rest in sorted(ancestors.values_list("seq", HTML_SIZE, "id", *_REST), reverse=True):
        if id not in shown and used < PAGE:
            found.append(Selected(id, LAST + seq, *rest))
            used += size
    return found


def _new_comments(topic, branch, baseline):
    """Select the oldest new comments with their ancestors, until their HTML reaches PAGE."""
    new = Comment.objects.filter(topic=topic, seq__gt=baseline, deleted_at=None, removed_in=None).order_by(
        "seq"
    )
    new_paths = [paths.seqs(path)[-LEVELS:] for path in new.values_list("path", flat=True)[:NEW_SHOWN]]
    seqs = {branch, *(seq for path in new_paths for seq in path)}
    found = Comment.objects.numbered((topic.pk, seq) for seq in seqs)
    rows = found.values_list("seq", HTML_SIZE, "id", *_REST)
    by_seq = {seq: (Selected(id, seq, *rest), size) for seq, size, id, *rest in rows}
    shown = {branch} & by_seq.keys()
    for path in new_paths:
        if sum(by_seq[seq][1] for seq in shown) >= PAGE:
            break
        shown |= by_seq.keys() & path
    return [by_seq[seq][0] for seq in shown]


# What follows the position in `Selected`.
_REST = "descendants", "version", "parent__version"


def _outline(topic, selection, is_linked=False):
    sides = sides_of(_facts_of(selection.comments, topic).values(), topic) if topic.debate_from else {}
    return Outline(selection.comments, sides, selection.next_after, selection.is_start, is_linked)


def _facts_of(comments, topic):
    """Return the facts of these selected comments by id, in their order. No query if this process has all of them.

    Whom a comment answers depends on the version of its parent. When a writer leaves, it is the topic that changes.
    """
    keys = {id: (id, version, above, topic.rearranged_in) for id, _, _, version, above in comments}
    found = {id: facts for id, key in keys.items() if (facts := _facts.get(key))}
    if missing := tuple(id for id in keys if id not in found):
        for *columns, above in _load_facts(missing):
            facts = Facts.read(*columns)
            found[facts.id] = facts
            # Under what was loaded: a replica may be older than the server from which the selection is.
            _facts.put((facts.id, facts.version, above, topic.rearranged_in), facts)
    return {id: found[id] for id in keys if id in found}


def _build(topic, reading, outline):
    comments, sides, next_after, is_start, is_linked = outline
    facts = _facts_of(comments, topic)
    fragments = comment_html.of(facts.values(), topic, load_comments)
    rows = {
        id: row_of(facts[id]._replace(descendants=descendants), position, fragments[id], sides)
        for id, position, descendants, *_ in comments
        if id in facts and id in fragments
    }
    base = next((row for row in rows.values() if row.seq == reading.branch), None)
    if base is None:
        raise Http404
    children = {}
    for row in sorted(rows.values(), key=lambda row: row.position):
        if row is not base:
            # The ancestors of a very deep row may be missing. It is then shown at the top and says whom it answers.
            parent = row.parent_id if row.parent_id in rows else base.id
            children.setdefault(parent, []).append(row)
    plain = {id: comment_html.plain(row, topic.accepted_id) for id, row in rows.items()}
    tree = Tree(base, children, plain, topic.get_absolute_url(), reading, is_start, next_after)
    return SharedPage(
        base, children, rows, plain, thread(tree), any(map(_has_seldom, plain.values())), _people(facts.values()),
        next_after, is_start, is_linked,
    )  # fmt: skip


def _has_seldom(parts):
    return "<pre" in parts[0] or 'class="moving"' in parts[0]


def _people(facts):
    written = Counter(
        (each.author_name, each.avatar)
        for each in facts
        if each.author_id and not each.is_gone and not each.author_left
    )
    most = written.most_common(PEOPLE)
    return mark_safe("".join(_person(name, avatar, count) for (name, avatar), count in most))


@lru_cache(KEPT_PEOPLE)
def _person(name, avatar, count):
    who = User(username=name, avatar=avatar)
    return format_html(_PERSON, name, who.get_absolute_url(), who.avatar_url, count, pluralize(count))


@compiled
def load_comments(pks):
    """Load the comments of these ids, as `comments_to_render` loads them. One query."""
    return comments_to_render().filter(pk__among=pks)


@compiled
def _load_facts(pks):
    """Load the `Facts` of the comments of these ids, and the version of each parent. One query, without texts."""
    return _with_people(Comment.objects.filter(pk__among=pks)).values_list(
        *comment_html.COLUMNS, "parent__version"
    )


def sides_of(facts: Iterable[Facts], topic) -> dict[int, str]:
    """Return the sides of the authors in the topic's debate, by their ids. One query, none without a debate."""
    if not topic.debate_from:
        return {}
    return Side.objects.by_member(topic, {each.author_id for each in facts})


def row_of(facts: Facts, position: int, fragments: tuple[str, ...], sides: dict[int, str]) -> Row:
    name = facts.author_name or ""
    return Row(
        facts.id, facts.seq, facts.parent_id, position, facts.path, facts.author_id,
        "" if facts.is_gone else name, facts.descendants, sides.get(facts.author_id, ""), fragments,
    )  # fmt: skip
