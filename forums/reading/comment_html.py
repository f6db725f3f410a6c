"""Renders a comment once for everybody, with slots for each viewer's own state.

The template writes `{{ slot.replies }}` and other slots. The result is split at the slots, and the fragments are cached
under the comment's id and version. `parts` joins them for one viewer. Most rows have no state of the viewer; `plain`
prepares those, so that a warm page costs only joining strings.
"""

import re
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from sys import intern
from typing import NamedTuple

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from config.caching.evictable import cache
from config.caching.recent_values import RecentValues
from forums import markup
from forums.reading.viewer_state import ViewerState

TEMPLATE = "forums/comments/_comment.html"
LIFETIME = 3600
"""Seconds. The key contains all that the HTML depends on, so an old entry is right; an hour saves memory."""
RECENT = 4_000
"""Comments that a process keeps, about 4 KB each: 80 pages that may have changed."""
SHORT = 40
"""Characters below which comments share a fragment, such as the name of a slot. That saves a third of the memory."""
SLOTS = (
    "state", "badges", "fold", "hidden", "ignored", "ignored_end", "up", "down", "bookmark", "replies", "side",
)  # fmt: skip
# The name of a slot is enclosed in a control character, which `markup.clean` removes from all texts.
_SLOT = {name: f"\x02{name}\x02" for name in (*SLOTS, "body")}
_REPLIES = "\x02"
# The slot of a button is the end of its URL and its state. A pressed button undoes, so a double click is harmless.
_PRESSED = '%s/" aria-pressed="true'
_RELEASED = '%s/" aria-pressed="false'
_FOLD = 'fold/" aria-expanded="true'
_UNFOLD = 'unfold/" aria-expanded="false'
_BELOW = '<span class="badge branch">%d new below</span>'
_SOLVED = '<span class="badge solved">accepted answer</span>'
_WATCHED = '<span class="badge">%s</span>'
_SIDE = '<span class="side" data-side="%s">%s</span>'
_IGNORED = '<details class="ignored"><summary>From %s, whom you ignore</summary>'


def _template_hash():
    """Hash the template, so that a new release never shows old fragments."""
    source = Path(settings.BASE_DIR / "templates" / TEMPLATE).read_bytes()
    return blake2b(source, digest_size=6).hexdigest()


TEMPLATE_HASH = _template_hash()
_recent: RecentValues[tuple[str, ...]] = RecentValues(RECENT, LIFETIME)
_plain: RecentValues[tuple[str, str]] = RecentValues(RECENT, LIFETIME)


class Row(NamedTuple):
    """All that a page needs of one comment, as plain values for the cache."""

    id: int
    seq: int
    parent_id: int | None
    position: int
    path: str
    author_id: int | None
    author_name: str
    descendants: int
    side: str
    """The side of the author in the topic's debate, "" if they have chosen none or there is no debate."""
    fragments: tuple[str, ...]


COLUMNS = (
    "pk", "seq", "parent", "path", "descendants", "version", "deleted_at", "hidden_at",
    "author", "author__username", "author__avatar", "author__deleted_at", "by_staff", "answered",
    "hidden_in__rule__title", "hidden_in__rule__position", "hidden_in__reason",
)  # fmt: skip
"""The columns of `Facts.read`."""


class Facts(NamedTuple):
    """All of a comment but its text: what its row needs, and what decides whether its HTML has changed."""

    id: int
    seq: int
    parent_id: int | None
    path: str
    descendants: int
    version: int
    is_gone: bool
    author_id: int | None
    author_name: str | None
    avatar: str | None
    """The name of the author's picture; "" without one."""
    author_left: bool
    by_staff: bool
    answered: str | None
    ground: tuple[str | None, int | None, str | None]
    """Why it is hidden: the title and the number of the rule, and the reason."""

    @classmethod
    def read(
        cls, id, seq, parent, path, descendants, version, deleted, hidden,
        author, name, avatar, left, by_staff, answered, *ground,
    ) -> "Facts":  # fmt: skip
        """The facts in these COLUMNS."""
        return cls(
            id, seq, parent, path, descendants, version, bool(deleted or hidden),
            author, name, avatar, bool(left), by_staff, answered, ground,
        )  # fmt: skip

    @classmethod
    def of(cls, comment) -> "Facts":
        """The facts of a comment loaded by `shared_page.comments_to_render`."""
        author, act = comment.author, comment.hidden_in_id and comment.hidden_in
        rule = act.rule if act and act.rule_id else None
        return cls(
            comment.pk, comment.seq, comment.parent_id, comment.path, comment.descendants, comment.version,
            comment.is_gone, comment.author_id, author and author.username, author and author.avatar.name,
            bool(author and author.deleted_at), comment.by_staff, comment.answered,
            (rule and rule.title, rule and rule.position, act.reason if act else None),
        )  # fmt: skip


def of(
    facts: Iterable[Facts], topic, load: Callable[[tuple[int, ...]], Iterable]
) -> dict[int, tuple[str, ...]]:
    """Return the fragments of comments by id: text, slot, text, slot … text.

    `load` returns the comments of these ids. It is called only for those that have changed since they were rendered. At
    most one cache look-up.
    """
    keys = {_key(each, topic): each.id for each in facts}
    found = {id: fragments for key, id in keys.items() if (fragments := _recent.get(key))}
    missing = {key: id for key, id in keys.items() if id not in found}
    new = cache.get_many(list(missing)) if missing else {}
    if changed := tuple(id for key, id in missing.items() if key not in new):
        # A comment may have changed again since its facts were read, so it gets the key of what is rendered.
        comments = {_key(Facts.of(each), topic): each for each in load(changed)}
        rendered = {key: render(comment, topic) for key, comment in comments.items()}
        cache.set_many(rendered, LIFETIME)
        new |= rendered
        missing |= {key: comment.pk for key, comment in comments.items()}
    for key, fragments in new.items():
        found[missing[key]] = _keep(key, fragments)
    return found


def of_new(facts: Facts, comment, topic) -> tuple[str, ...]:
    """Return the fragments of a comment that has just been written, and cache them for its readers."""
    key, fragments = _key(facts, topic), render(comment, topic)
    cache.set_many({key: fragments}, LIFETIME)
    return _keep(key, fragments)


def _keep(key, fragments):
    kept = tuple(intern(each) if len(each) < SHORT else each for each in fragments)
    _recent.put(key, kept)
    return kept


def parts(row, own: ViewerState, accepted: int | None) -> tuple[str, str]:
    """Return the row with the viewer's `own` state in its slots, as the parts before and after its replies."""
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
        "replies": _REPLIES,
    }
    if row.side:
        slots["side"] = _SIDE % (row.side, row.side)
    if row.author_id in own.ignored:
        slots |= {"ignored": _IGNORED % row.author_name, "ignored_end": "</details>"}
    out = list(row.fragments)
    for index in range(1, len(out), 2):
        out[index] = slots.get(out[index], "")
    before, _, after = "".join(out).partition(_REPLIES)
    return before, after


def plain(row, accepted: int | None) -> tuple[str, str]:
    """Return the `parts` of the row without any viewer's state."""
    # Comparing fragments is cheap: they are the same objects as long as the process keeps them.
    key = row.fragments, row.side, row.descendants, row.id == accepted
    found = _plain.get(key)
    if found is None:
        found = parts(row, ViewerState(), accepted)
        _plain.put(key, found)
    return found


def _key(facts, topic):
    """Build a key from all that the fragments show.

    That includes names, pictures, the author of the topic and the rule for which the comment is hidden. The hiding act
    and its date change together with the comment's version.
    """
    author = f"{facts.author_name}:{facts.avatar}:{not facts.author_left}" if facts.author_id else ""
    shown = f"{author}:{facts.by_staff}:{facts.answered}:{topic.author_id}:{facts.ground if facts.is_gone else ''}"
    return f"comment:2:{TEMPLATE_HASH}:{facts.id}:{facts.version}:{shown}"


def name(comment) -> str:
    """Name the comment and its author for screen readers."""
    is_named = comment.author and not comment.is_gone and not comment.author.deleted_at
    return f"{_which(comment)} by {comment.author.username}" if is_named else _which(comment)


def _which(comment):
    """Name the comment on its buttons. A number is enough there: names would be a tenth of a page."""
    return "opening" if comment.is_opening else f"comment {comment.seq}"


def _template():
    return get_template(TEMPLATE).template


def render(comment, topic) -> tuple[str, ...]:
    """Return the fragments of one comment without the cache."""
    context = {
        "comment": comment, "topic": topic, "slot": _SLOT, "name": name(comment), "which": _which(comment),
    }  # fmt: skip
    html = _template().render(Context(context, use_l10n=False))
    # Only the white space of the template is removed. In the text it has a meaning, between words and in code.
    html = re.sub(r"(?<=[>\x02])\s+(?=[<\x02])", "", html.strip())
    html = html.replace(_SLOT["body"], markup.without_remote_pictures(comment.body_html))
    return tuple(re.split("\x02([a-z_]+)\x02", html))
