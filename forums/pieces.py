"""A comment's HTML, rendered once for everybody, with holes where each viewer's own marks go.

The template writes `{{ hole.replies }}` and the like; here the result is cut at the holes, and the pieces are kept
in the cache under the comment's id and version. `fill` puts them together for one viewer. Most rows bear nobody's
marks: those are kept ready as they are (`plain`), and joining strings is all that a warm page costs.
"""

import re
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template

from forums.marks import Marks

TEMPLATE = "forums/comments/_comment.html"
LIFETIME = 3600
"""Seconds; an hour spares memory. The key says all that the text depends on, so age makes nothing wrong."""
HOLES = (
    "state", "mark", "fold", "hidden", "ignored", "heard", "up", "down", "bookmark", "accept", "replies",
    "side",
)  # fmt: skip
# A control character that no comment can hold (`markup.clean` takes them out) encloses the hole's name.
_HOLE = {name: f"\x02{name}\x02" for name in (*HOLES, "body")}
_REPLIES = "\x02"
# A button's hole is the end of its address and its state. A pressed button leads to undoing, so a double
# click is harmless.
_PRESSED = '%s/" aria-pressed="true'
_RELEASED = '%s/" aria-pressed="false'
_FOLD = 'fold/" aria-label="Collapse" aria-expanded="true'
_UNFOLD = 'unfold/" aria-label="Expand" aria-expanded="false'
_BELOW = '<span class="badge branch">%d new below</span>'
_SOLVED = '<span class="badge solved">accepted answer</span>'
_WATCHED = '<span class="badge">%s</span>'
_SIDE = '<span class="side" data-member="%s" data-side="%s">%s</span>'
_IGNORED = '<details class="ignored"><summary>From %s, whom you ignore</summary>'


def _template_word():
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


def fill(row, own: Marks, accepted: int | None, replies: str, out: list[str]) -> None:
    """Append the row's pieces to `out`, their holes filled with the viewer's `own` marks and the `replies` below."""
    vote, is_new = own.votes.get(row.id), own.is_new(row.seq, row.author_id)
    is_folded, is_saved = row.id in own.folded, row.id in own.bookmarked
    is_accepted = row.id == accepted
    watched = own.watched.get(row.id)
    states = (
        (is_new, " is-new"),
        (row.author_id and row.author_id == own.member_id, " is-mine"),
        (vote, " voted-up" if vote == 1 else " voted-down"),
        (is_saved, " is-bookmarked"),
        (is_folded, " is-collapsed"),
        (is_accepted, " is-accepted"),
        (watched, f" is-{watched}"),
    )
    new_below = own.new_below(row.path) if own.new and row.path else 0
    marks = (
        (is_accepted, _SOLVED),
        (watched, _WATCHED % watched),
        (new_below, _BELOW % new_below),
    )
    hole = {
        "state": "".join(name for holds, name in states if holds),
        "mark": "".join(mark for holds, mark in marks if holds),
        "fold": _UNFOLD if is_folded else _FOLD,
        "hidden": str(1 + row.descendants),
        "up": _PRESSED % "none" if vote == 1 else _RELEASED % "up",
        "down": _PRESSED % "none" if vote == -1 else _RELEASED % "down",
        "bookmark": _PRESSED % "forget" if is_saved else _RELEASED % "bookmark",
        "accept": "unaccept/" if is_accepted else "accept/",
        "replies": replies,
    }
    if row.author_id:
        hole["side"] = _SIDE % (row.author_id, row.side, row.side)
    if row.author_id in own.ignored:
        hole |= {"ignored": _IGNORED % row.author_name, "heard": "</details>"}
    out.append(row.pieces[0])
    for place in range(1, len(row.pieces), 2):
        out += (hole.get(row.pieces[place], ""), row.pieces[place + 1])


def plain(row, accepted: int | None) -> tuple[str, str]:
    """The row as it is without any marks, up to where its replies stand, and the rest."""
    out = []
    fill(row, Marks(), accepted, _REPLIES, out)
    before, _, after = "".join(out).partition(_REPLIES)
    return before, after


def _key(comment, topic):
    """Names all that the piece shows: beside the comment's own, names, pictures, who opened the topic, and the rule for
    which it is hidden. By which act, and when, changes with its version."""
    author = comment.author
    face = f"{author.username}:{author.avatar.name}:{author.deleted_at is None}" if author else ""
    ground = comment.hidden_in.ground if comment.hidden_in_id else ""
    shown = f"{face}:{comment.by_staff}:{comment.answered}:{topic.author_id}:{ground}"
    return f"piece:{WORD}:{comment.pk}:{comment.version}:{shown}"


def _cut(comment, topic):
    html = get_template(TEMPLATE).render({"comment": comment, "topic": topic, "hole": _HOLE})
    # The template's own white space goes, the text's stays: between words and in code it means something.
    html = re.sub(r">\s+<", "><", html.strip()).replace(_HOLE["body"], comment.body_html)
    return re.split("\x02([a-z]+)\x02", html)
