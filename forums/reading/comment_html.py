"""Renders a comment once for everybody, with slots for each viewer's own state.

The template writes `{{ slot.replies }}` and other slots. The result is split at the slots, and the fragments are cached
under the comment's id and version. `fill` joins them for one viewer. Most rows have no state of the viewer; `plain`
prepares those, so that a warm page costs only joining strings.
"""

import re
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

from config.caching.evictable import cache
from forums import markup
from forums.reading.viewer_state import ViewerState

TEMPLATE = "forums/comments/_comment.html"
NOBODY = 0
"""The id of no member, for the rows that all members share."""
LIFETIME = 3600
"""Seconds. The key contains all that the HTML depends on, so an old entry is right; an hour saves memory."""
SLOTS = (
    "state", "badges", "fold", "hidden", "ignored", "ignored_end", "up", "down", "bookmark", "accept", "replies",
    "side", "menu", "menu_end",
)  # fmt: skip
# The name of a slot is enclosed in a control character, which `markup.clean` removes from all texts.
_SLOT = {name: f"\x02{name}\x02" for name in (*SLOTS, "body")}
_REPLIES = "\x02"
_MENU = "\x03"
# The slot of a button is the end of its URL and its state. A pressed button undoes, so a double click is harmless.
_PRESSED = '%s/" aria-pressed="true'
_RELEASED = '%s/" aria-pressed="false'
_FOLD = 'fold/" aria-expanded="true'
_UNFOLD = 'unfold/" aria-expanded="false'
_BELOW = '<span class="badge branch">%d new below</span>'
_SOLVED = '<span class="badge solved">accepted answer</span>'
_WATCHED = '<span class="badge">%s</span>'
_SIDE = '<span class="side" data-member="%s" data-side="%s">%s</span>'
_IGNORED = '<details class="ignored"><summary>From %s, whom you ignore</summary>'


def _template_hash():
    """Hash the template, so that a new release never shows old fragments."""
    source = Path(settings.BASE_DIR / "templates" / TEMPLATE).read_bytes()
    return blake2b(source, digest_size=6).hexdigest()


TEMPLATE_HASH = _template_hash()


def of(comments, topic) -> dict[int, list[str]]:
    """Return the fragments of comments by id: text, slot, text, slot … text. One cache look-up for all; no query."""
    keys = {_key(comment, topic): comment for comment in comments}
    found = cache.get_many(list(keys))
    missing = {key: render(comment, topic) for key, comment in keys.items() if key not in found}
    if missing:
        cache.set_many(missing, LIFETIME)
    found |= missing
    return {comment.pk: found[key] for key, comment in keys.items()}


def fill(row, own: ViewerState, accepted: int | None, replies: str, out: list[str], menu: str = "") -> None:
    """Append the row to `out`, with the viewer's `own` state and the HTML of the `replies` in its slots.

    Visitors get no menu, because nothing in it is for them. `menu` is put before and after it.
    """
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
    badges = (
        (is_accepted, _SOLVED),
        (watched, _WATCHED % watched),
        (new_below, _BELOW % new_below),
    )
    slots = {
        "state": "".join(name for holds, name in states if holds),
        "badges": "".join(badge for holds, badge in badges if holds),
        "fold": _UNFOLD if is_folded else _FOLD,
        "hidden": str(1 + row.descendants),
        "up": _PRESSED % "none" if vote == 1 else _RELEASED % "up",
        "down": _PRESSED % "none" if vote == -1 else _RELEASED % "down",
        "bookmark": _PRESSED % "forget" if is_saved else _RELEASED % "bookmark",
        "accept": "unaccept/" if is_accepted else "accept/",
        "replies": replies,
        "menu": menu,
        "menu_end": menu,
    }
    if row.author_id:
        slots["side"] = _SIDE % (row.author_id, row.side, row.side)
    if row.author_id in own.ignored:
        slots |= {"ignored": _IGNORED % row.author_name, "ignored_end": "</details>"}
    out.append(row.fragments[0])
    is_left_out = False
    for index in range(1, len(row.fragments), 2):
        name = row.fragments[index]
        if name in ("menu", "menu_end"):
            is_left_out = name == "menu" and own.member_id is None
        if not is_left_out:
            out += (slots.get(name, ""), row.fragments[index + 1])


def plain(row, accepted: int | None) -> tuple[str, str, str, str]:
    """Return the row without any viewer's state, in four parts.

    These are the part before its menu, the menu, the part before its replies, and the part after them.
    """
    out = []
    fill(row, ViewerState(member_id=NOBODY), accepted, _REPLIES, out, _MENU)
    before, _, after = "".join(out).partition(_REPLIES)
    face, _, rest = before.partition(_MENU)
    menu, _, rest = rest.partition(_MENU)
    return face, menu, rest, after


def _key(comment, topic):
    """Build a key from all that the fragments show.

    That includes names, pictures, the author of the topic and the rule for which the comment is hidden. The hiding act
    and its date change together with the comment's version.
    """
    author = comment.author
    shown_author = f"{author.username}:{author.avatar.name}:{author.deleted_at is None}" if author else ""
    ground = comment.hidden_in.ground if comment.hidden_in_id else ""
    shown = f"{shown_author}:{comment.by_staff}:{comment.answered}:{topic.author_id}:{ground}"
    return f"comment:2:{TEMPLATE_HASH}:{comment.pk}:{comment.version}:{shown}"


def _which(comment):
    """Name the comment for screen readers, so that each button says whose comment it belongs to."""
    kind = "opening" if comment.is_opening else f"comment {comment.seq}"
    is_named = comment.author and not comment.is_gone and not comment.author.deleted_at
    return f"{kind} by {comment.author.username}" if is_named else kind


def render(comment, topic) -> list[str]:
    """Return the fragments of one comment without the cache."""
    context = {"comment": comment, "topic": topic, "slot": _SLOT, "which": _which(comment)}
    html = get_template(TEMPLATE).render(context)
    # Only the white space of the template is removed. In the text it has a meaning, between words and in code.
    html = re.sub(r">\s+<", "><", html.strip())
    html = html.replace(_SLOT["body"], markup.without_remote_pictures(comment.body_html))
    return re.split("\x02([a-z_]+)\x02", html)
