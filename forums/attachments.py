"""What is put onto topics by other apps, and by debates. The discussion knows none of them; each tells it, when Django
starts, of the one kind of thing that it keeps.

A topic counts what is attached to it (`Topic.attached`), so that the many without anything cost no look.
"""

from collections.abc import Mapping
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe


class Kind(Protocol):
    """Whoever keeps attachments of one kind, such as polls."""

    name: str
    """One word, part of addresses."""
    offer: str
    """The button that opens a topic and goes on to attach something."""
    words: str
    """The link that attaches something to a topic that there is."""
    icon: str
    """Its picture, by the name that the sprite has for it."""

    def above(self, request, topic) -> SafeString:
        """What stands above the discussion of a topic that the viewer may see; empty for nothing."""

    def address_to_add(self, topic) -> str:
        """Where something is attached to a topic."""

    def may_add(self, user, topic) -> bool:
        """May `user` attach one to a topic that they see? No query."""

    def facts(self, topic, version: int) -> dict | None:
        """What open pages of a topic are sent because it has changed since `version`; None for nothing."""

    def results(self, request, topic) -> SafeString:
        """What came of them, for the summary of the topic's debate; empty for nothing."""

    def plant(self, topics: Mapping, members: Mapping, now) -> int:
        """Add to the demo's topics, given by the names of their files; returns how many."""


class Imported(Kind, Protocol):
    """A kind that importers know."""

    def bring_in(self, record, *, topic, author, members: Mapping) -> str:
        """Store what an import found, once; `members` has those of here by their sources. Returns what became
        of it: one of `ADDED` and `THERE`, or why it was skipped."""


ADDED, THERE = "added", "already there"
_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let topics have attachments of this kind."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """All there are, in the order of their registration."""
    return list(_kinds.values())


def find(name: str) -> Kind | None:
    return _kinds.get(name)


def above(request, topic) -> SafeString:
    """All that stands above the discussion of a topic which the viewer may see; it costs what each kind
    costs."""
    return mark_safe("".join(kind.above(request, topic) for kind in kinds()))


def facts(topic, version: int) -> dict[str, dict | None]:
    """What open pages are sent about the panels of a topic that has changed since `version`, by the names of kinds."""
    return {kind.name: kind.facts(topic, version) for kind in kinds()}


def addable(user, topic) -> list[tuple[str, str, str]]:
    """What `user` may add to a topic: for each its address, the link's words and its icon. No query."""
    may = (kind for kind in kinds() if kind.may_add(user, topic))
    return [(kind.address_to_add(topic), kind.words, kind.icon) for kind in may]


def results(request, topic) -> SafeString:
    """What came of all that is attached to a topic which the viewer may see."""
    return mark_safe("".join(kind.results(request, topic) for kind in kinds()))
