"""A comment's HTML, rendered once for everybody, with holes where each viewer's own marks go.

The template writes `{{ hole.replies }}` and the like; here the result is cut at the holes, and the pieces are kept in
the
under the comment's id and version. `fill` puts a page's rows together: joining strings is all that a warm
page costs.
"""

import re
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template

TEMPLATE = "forums/comments/_comment.html"
LIFETIME = 3600
"""Seconds; an hour spares memory. The key says all that the text depends on, so age makes nothing wrong."""
HOLES = (
    "state", "mark", "fold", "hidden", "ignored", "heard", "up", "down", "bookmark", "accept", "replies",
)  # fmt: skip
# A control character that no comment can hold (`markup.clean` takes them out) encloses the hole's name.
_HOLE = {name: f"\x02{name}\x02" for name in HOLES}


def _template_word() -> str:
    """Changes with the template, so that a new release never shows old pieces."""
    source = Path(settings.BASE_DIR / "templates" / TEMPLATE).read_bytes()
    return blake2b(source, digest_size=6).hexdigest()


WORD = _template_word()


def of(comments, topic) -> dict[int, list[str]]:
    """Each comment's pieces by id: text, hole, text, hole … text. One cache look-up for all; no query."""
    keys = {_key(comment, topic): comment for comment in comments}
    found = cache.get_many(list(keys))
    missing = {key: _cut(comment, topic) for key, comment in keys.items() if key not in found}
    if missing:
        cache.set_many(missing, LIFETIME)
    found |= missing
    return {comment.pk: found[key] for key, comment in keys.items()}


def fill(pieces: list[str], values: dict[str, str], out: list[str]) -> None:
    """Append the pieces to `out`, each hole filled from `values`; a hole without a value stays empty."""
    out.append(pieces[0])
    for place in range(1, len(pieces), 2):
        value = values.get(pieces[place])
        if value:
            out.append(value)
        out.append(pieces[place + 1])


def _key(comment, topic):
    return f"piece:{WORD}:{comment.pk}:{comment.version}:{_face(comment, topic)}"


def _face(comment, topic):
    """What the piece shows that is not the comment's own: names, pictures, and who opened the topic."""
    author = comment.author
    shown = (
        author and (author.username, author.avatar_url),
        comment.by_staff,
        comment.answered,
        topic.author_id,
    )
    return blake2b(repr(shown).encode(), digest_size=6).hexdigest()


def _cut(comment, topic):
    html = get_template(TEMPLATE).render({"comment": comment, "topic": topic, "hole": _HOLE})
    return re.split("\x02([a-z]+)\x02", re.sub(r">\s+<", "><", html.strip()))
