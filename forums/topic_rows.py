"""A topic's row in lists, rendered once for all to whom it looks the same."""

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

TEMPLATE = "forums/topics/_row.html"
KEPT = 2_000
"""Rows that a process keeps, about 1.5 KB each."""

_kept: dict[tuple, str] = {}


def of(topics) -> SafeString:
    """The rows of topics fetched `for_list`, one after the other. No query."""
    return mark_safe("".join(map(_row, topics)))


def _row(topic):
    key = _key(topic)
    html = _kept.get(key)
    if html is None:
        html = get_template(TEMPLATE).render({"topic": topic})
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = html
    return html


def _key(topic):
    """All that the row shows. What is the topic's own changes with its version."""
    category, author, last = topic.category, topic.author, topic.last_author
    place = category.name, category.slug, category.colour
    face = author and (author.username, author.avatar.name, author.is_deleted)
    name = last and (last.username, last.is_deleted)
    return topic.pk, topic.version, topic.new_count, topic.is_unseen, place, face, name
