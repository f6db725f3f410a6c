"""Renders a topic's row in lists once for everybody.

The row has slots for what every reply changes, and for the viewer's new comments.
"""

from html import escape
from secrets import token_hex

from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from forums.listing import topic_marks, wording
from forums.models import Category, Topic

MOST_PEOPLE = 4
"""Pictures of participants in a row of a compact list."""
CACHED_ROWS = 2_000
"""Rows that a process caches, about 1.5 KB each."""

OWN = '<span class="badge new">{}</span>'
"""What a mark says to the viewer alone."""

# Random, so that no title can contain it.
_SLOT = token_hex(16)
_cached: dict[tuple, list[str]] = {}


def of(rows, user=None) -> SafeString:
    """Render the rows of topics loaded with `for_list` and `rows`, for a compact list also `with_people`.

    No query, except for the marks of topics that have panels.
    """
    rows = list(rows)
    marks = topic_marks.of(rows, user)
    return mark_safe("".join(_row(row, marks.get(row.pk, topic_marks.NONE)) for row in rows))


def _row(row, mark):
    return _fill(_pieces(row, mark.shared), row, mark.own)


def _pieces(row, mark):
    key = (*_key(row), mark)
    pieces = _cached.get(key)
    if pieces is None:
        html = get_template("forums/topics/_row.html").render(
            {"topic": _topic(row), "slot": _SLOT, "mark": mark}
        )
        if len(_cached) >= CACHED_ROWS:
            _cached.clear()
        _cached[key] = pieces = html.split(_SLOT)
    return pieces


def _topic(row):
    """Build a topic of what the row shows."""
    names = [field.attname for field in Topic._meta.concrete_fields if field.attname in row._fields]
    author = User(username=row.author__username, avatar=row.author__avatar, deleted_at=row.author__deleted_at)
    category = Category(name=row.category__name, slug=row.category__slug, colour=row.category__colour)
    topic = Topic(pk=row.pk, category=category, **{name: getattr(row, name) for name in names})
    topic.author = author if row.author__username else None
    return topic


def _fill(pieces, row, own):
    start, head, link, linked, unseen, marked, about, last, named, figures, replies, last_at, end = pieces
    latest = getattr(row, "visit_latest", None)
    new_count = 0 if latest is None else max(row.last_seq - latest, 0)
    is_unseen = getattr(row, "is_unseen", False)
    is_new = " is-new" if new_count or is_unseen else ""
    new = f"{link}{new_count}{linked}" if new_count else ""
    if row.comment_count:
        about += f"{last}{_name(row)}{named}"
    return (
        f"{start}{is_new}{head}{new}{unseen if is_unseen else ''}{marked}"
        f"{format_html(OWN, own) if own else ''}{about}"
        f"{figures}{_people(row)}{replies}{row.comment_count}{last_at}{wording.moment(row.last_comment_at)}{end}"
    )


def _name(row):
    """Name the author of the last comment."""
    is_there = row.last_author__username and not row.last_author__deleted_at
    return escape(row.last_author__username) if is_there else wording.name(None)


def _people(row):
    """Render the pictures of participants, or nothing without `with_people`."""
    people = getattr(row, "people", ())
    if not people:
        return ""
    found = {person["name"]: person["avatar"] for person in people}
    shown = [(User(username=name, avatar=avatar).avatar_url, name) for name, avatar in found.items()]
    return format_html_join(
        "",
        '<img class="avatar" src="{0}" alt="{1}" title="{1}" width="24" height="24" loading="lazy">',
        shown[:MOST_PEOPLE],
    )


def _key(row):
    """Build a key from all that the row shows outside of its slots."""
    return (
        row.pk,
        row.title,
        row.slug,
        row.pinned_at and row.excerpt,
        row.pinned_at is None,
        row.locked_at is None,
        row.debate_from is None,
        row.decided_at is None,
        row.accepted_id is None,
        *row.tags,
        row.category__name,
        row.category__slug,
        row.category__colour,
        row.author__username,
        row.author__avatar,
        row.author__deleted_at is None,
    )
