"""A topic's row in lists, rendered once for everybody, with holes for what is new to each viewer."""

from hashlib import blake2b
from secrets import token_hex

from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from forums import pieces

TEMPLATE = "forums/topics/_row.html"
WORD = pieces.template_word(TEMPLATE)
KEPT = 2_000
"""Rows that a process keeps, about 1.5 KB each."""
LIFETIME = 60
"""Seconds that the other processes find a row which one has rendered: where many write, every process sees every row
change, and to render one takes as long as to find thirty."""

# Nobody can have put it into a title.
_HOLE = token_hex(16)
_kept: dict[tuple, list[str]] = {}


def of(topics) -> SafeString:
    """The rows of topics fetched `for_list`, one after the other. No query."""
    topics = {_key(topic): topic for topic in topics}
    rows = {key: _kept[key] for key in topics if key in _kept}
    if missing := {key: topic for key, topic in topics.items() if key not in rows}:
        rows |= _found(missing)
    return mark_safe("".join(_fill(rows[key], topic) for key, topic in topics.items()))


def _fill(row, topic):
    start, head, link, link_end, unseen, rest = row
    is_new = " is-new" if topic.new_count or topic.is_unseen else ""
    counted = f"{link}{topic.new_count}{link_end}" if topic.new_count else ""
    return f"{start}{is_new}{head}{counted}{unseen if topic.is_unseen else ''}{rest}"


def _found(missing):
    """What other processes have rendered, and the rest, for all of them."""
    names = {_name(key): key for key in missing}
    shared = cache.get_many(names)
    rendered = {name: _render(missing[key]) for name, key in names.items() if name not in shared}
    if rendered:
        cache.set_many(rendered, LIFETIME)
    rows = {names[name]: html for name, html in (shared | rendered).items()}
    if len(_kept) + len(rows) > KEPT:
        _kept.clear()
    _kept.update(rows)
    return rows


def _render(topic):
    return get_template(TEMPLATE).render({"topic": topic, "hole": _HOLE}).split(_HOLE)


def _name(key):
    return f"row:{WORD}:{blake2b(repr(key).encode(), digest_size=16).hexdigest()}"


def _key(topic):
    """All that the row shows to everybody. What is the topic's own changes with its version."""
    category, author, last = topic.category, topic.author, topic.last_author
    place = category.name, category.slug, category.colour
    face = author and (author.username, author.avatar.name, author.is_deleted)
    name = last and (last.username, last.is_deleted)
    return topic.pk, topic.version, place, face, name
