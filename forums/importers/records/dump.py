"""The parts of a dump that only some formats have."""

from collections.abc import Iterable

from forums.importers.records.records import CategoryRecord, Community


class Dump:
    """What a reader of a format extends. CONTRIBUTING.md describes the other attributes."""

    def categories(self) -> Iterable[CategoryRecord]:
        """Return categories to create even if no topic needs them, parents first."""
        return ()

    def community(self) -> Community | None:
        """Return the words for a site without topics; None if there are none."""
        return None
