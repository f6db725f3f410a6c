"""Renders a topic's row in lists once for everybody.

The row has slots for what every reply changes, and for the viewer's new comments.
"""

from secrets import token_hex

from django.template.loader import get_template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from forums.listing import wording

MOST_PEOPLE = 4
"""Pictures of participants in a row of a compact list."""
CACHED_ROWS = 2_000
"""Rows that a process caches, about 1.5 KB each."""

# Random, so that no title can contain it.
_SLOT = token_hex(16)
_cached: dict[tuple, list[str]] = {}


def of(topics) -> SafeString:
    """Render the rows of topics loaded with `for_list`, for a compact list also `with_people`. No query."""
    return mark_safe("".join(_fill(_row(topic), topic) for topic in topics))


def _row(topic):
    key = _key(topic)
    row = _cached.get(key)
    if row is None:
        row = get_template("forums/topics/_row.html").render({"topic": topic, "slot": _SLOT}).split(_SLOT)
        if len(_cached) >= CACHED_ROWS:
            _cached.clear()
        _cached[key] = row
    return row


def _fill(row, topic):
    start, head, link, linked, unseen, about, last, named, figures, replies, last_at, end = row
    is_new = " is-new" if topic.new_count or topic.is_unseen else ""
    new = f"{link}{topic.new_count}{linked}" if topic.new_count else ""
    if topic.comment_count:
        about += f"{last}{escape(wording.name(topic.last_author))}{named}"
    return (
        f"{start}{is_new}{head}{new}{unseen if topic.is_unseen else ''}{about}"
        f"{figures}{_people(topic)}{replies}{topic.comment_count}{last_at}{wording.moment(topic.last_comment_at)}{end}"
    )


def _people(topic):
    """Render the pictures of participants, or nothing without `with_people`."""
    found = {person["name"]: person["avatar"] for person in getattr(topic, "people", ())}
    shown = [(User(username=name, avatar=avatar).avatar_url, name) for name, avatar in found.items()]
    return format_html_join(
        "",
        '<img class="avatar" src="{0}" alt="{1}" title="{1}" width="24" height="24" loading="lazy">',
        shown[:MOST_PEOPLE],
    )


def _key(topic):
    """Build a key from all that the row shows outside of its slots."""
    category, author = topic.category, topic.author
    shown_category = category.name, category.slug, category.colour
    shown_author = author and (author.username, author.avatar.name, author.is_deleted)
    badges = topic.is_locked, topic.debate_from is None, topic.accepted_id is None
    return (
        topic.pk,
        topic.title,
        topic.slug,
        topic.is_pinned and topic.excerpt,
        topic.is_pinned,
        badges,
        shown_category,
        shown_author,
    )
