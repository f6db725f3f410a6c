"""The page of a record: one file without scripts, pictures and other files, so that it can be read without the site.

It is made in pieces, because a topic may have thousands of comments.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from forums.models import Record
from forums.records import files
from forums.records.kinds import KINDS, in_parts

ROWS = 200
"""Comments that are shown at once."""


class Text(str):
    """A text of a record, or a note that it was removed or is withheld."""

    is_missing = False


def render(record: Record, viewer) -> Iterator[str]:
    """The page in pieces, with the texts that the viewer may read today. One query for each piece."""
    content = json.loads(record.content)
    resolve = partial(_resolved, record, viewer)
    context = {"record": record, "style": style(), "SITE_NAME": settings.SITE_NAME, "site": settings.SITE_URL}
    yield render_to_string("forums/records/_head.html", context)
    yield from KINDS[record.kind].show(content, resolve)
    for other in files.together(record):
        if other != record:
            yield from KINDS[other.kind].show(json.loads(other.content), partial(_resolved, other, viewer))
    if topic := content.get("topic"):
        yield from _discussion(topic, resolve)
    yield render_to_string("forums/records/_foot.html", context)


@cache
def style() -> str:
    """The style of the page, in an element of its own."""
    return mark_safe(f"<style>{_css()}</style>")


@cache
def style_source() -> str:
    """The source that allows this style, for the content security policy."""
    return f"'sha256-{b64encode(sha256(_css().encode()).digest()).decode()}'"


def _css():
    return Path(__file__).with_name("page.css").read_text()


def _discussion(topic, resolve):
    log = resolve(topic["moderation"])
    more = topic["comments_in_all"] - len(topic["comments"])
    yield render_to_string("forums/records/_log.html", {"log": log, "comments": topic["comments_in_all"]})
    for some in in_parts(topic["comments"], ROWS):
        yield render_to_string("forums/records/_comments.html", {"comments": resolve(some)})
    yield render_to_string("forums/records/_rest.html", {"more": more})


def _resolved(record, viewer, part):
    hashes = set(_hashes(part))
    texts = files.legible(record, viewer).filter(hash__in=hashes).values_list("hash", "text")
    return _with_texts(part, dict(texts) if hashes else {})


def _hashes(part):
    if isinstance(part, dict):
        if part.keys() == {"sha256"}:
            yield part["sha256"]
        for each in part.values():
            yield from _hashes(each)
    elif isinstance(part, list):
        for each in part:
            yield from _hashes(each)


def _with_texts(part, texts):
    if isinstance(part, list):
        return [_with_texts(each, texts) for each in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"sha256"}:
        return _text(part["sha256"], texts)
    return {name: _time(name, each) or _with_texts(each, texts) for name, each in part.items()}


def _text(name, texts):
    if name in texts:
        return Text(texts[name])
    missing = Text(f"[not shown; SHA-256 {name}]")
    missing.is_missing = True
    return missing


def _time(name, value):
    """A time for templates: the values of keys such as `at` and `closed_at`."""
    is_time = isinstance(value, str) and (name in ("at", "until") or name.endswith("_at"))
    return datetime.fromisoformat(value) if is_time else None
