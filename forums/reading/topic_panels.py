"""The registry of topic panels: polls and debates, which are shown below the opening of a topic.

Topics know none of these kinds. Each kind registers itself when Django starts. `Topic.panel_count` counts the panels of
other apps, so that topics without any cost no query.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from django.utils.safestring import SafeString, mark_safe

from forums.models import Outcome


class Panel(NamedTuple):
    """The panels of one kind on a topic's page."""

    id: str
    """The id of their element."""
    title: str
    """One word, for the list of places in the topic."""
    html: SafeString
    summary: SafeString
    """A few words for the line above the opening."""
    outcomes: list[Outcome] = []
    """Those that it shows, for the lines above the opening."""


class Kind(Protocol):
    """A kind of panel, such as polls."""

    name: str
    """One word, part of URLs."""
    offer: str
    """The button that opens a topic and then the form of the panel."""
    words: str
    """The link that adds a panel to an existing topic."""
    icon: str
    """The name of its icon in the sprite."""

    def render(self, request, topic) -> Panel | None:
        """Render the panels of a topic that the viewer may see; None if there are none."""

    def address_to_add(self, topic) -> str:
        """Return the URL of the form that adds a panel to a topic."""

    def may_add(self, user, topic) -> bool:
        """Whether `user` may add one to a topic that they see. No query."""

    def facts(self, topic, version: int) -> dict | None:
        """Return what open pages of a topic that has changed since `version` must know; None for nothing."""

    def results(self, request, topic) -> SafeString:
        """Render the results for the summary of the topic's debate; "" for none."""

    def plant(self, topics: Mapping, members: Mapping, now) -> int:
        """Add panels to the demo's topics, given by the names of their files. Returns how many."""


class Imported(Kind, Protocol):
    """A kind that importers can write."""

    def bring_in(self, record, *, topic, author, members: Mapping) -> str:
        """Store an imported panel once. `members` are the members of this site by their sources.

        Returns `ADDED`, `THERE`, or why it was skipped.
        """


class Exported(Imported, Protocol):
    """A kind that `manage.py export_forum` writes, and `import_forum` reads back."""

    def export(self, topics: Mapping[int, str], identifiers) -> Iterator[tuple[str, dict]]:
        """Yield the records of these topics, given by their ids and names, each with the name of its file.

        `identifiers` (`forums.export.data.identifiers`) have the viewer. Yields only what that viewer may see.
        """

    def page(self, topic, identifiers) -> SafeString:
        """Render the panels of a topic for a page of the archive. It must write nothing."""

    def restore(self, record, *, topic, author, members: Mapping) -> str:
        """Store an exported panel once, as `bring_in` does. Raises `Broken` if the record cannot be understood."""


ADDED, THERE = "added", "already there"
NO_RESULTS = "their results are not in the export"
_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let topics have panels of this kind."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """Return all kinds, in the order of their registration."""
    return list(_kinds.values())


def find(name: str) -> Kind | None:
    return _kinds.get(name)


def exported() -> list[Exported]:
    """Return the kinds whose records are exported."""
    return [kind for kind in kinds() if hasattr(kind, "export")]


def render(request, topic) -> list[Panel]:
    """Render all panels of a topic that the viewer may see. Costs what each kind costs."""
    return [panel for kind in kinds() if (panel := kind.render(request, topic))]


def facts(topic, version: int) -> dict[str, dict | None]:
    """Return what open pages of a topic that has changed since `version` must know, by the names of the kinds."""
    return {kind.name: kind.facts(topic, version) for kind in kinds()}


def addable(user, topic) -> list[tuple[str, str, str]]:
    """Return URL, words and icon of the link for each kind that `user` may add to a topic. No query."""
    may = (kind for kind in kinds() if kind.may_add(user, topic))
    return [(kind.address_to_add(topic), kind.words, kind.icon) for kind in may]


def results(request, topic) -> SafeString:
    """Render the results of all panels of a topic that the viewer may see."""
    return mark_safe("".join(kind.results(request, topic) for kind in kinds()))
