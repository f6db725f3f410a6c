"""The parts of a dump that only some formats have."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from config.management.operator_error import OperatorError
from forums.importers.records.records import CategoryRecord, Community


class Dump:
    """What a reader of a format extends. CONTRIBUTING.md describes the other attributes."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Return whether `path` looks like this format. Reads little, and raises OSError at most."""
        raise NotImplementedError

    def categories(self) -> Iterable[CategoryRecord]:
        """Return categories to create even if no topic needs them, parents first."""
        return ()

    def name_categories(self, names: Mapping[int, str]) -> None:
        """Take names of categories by their numbers. Raises OperatorError if the data names its categories itself."""
        raise OperatorError("This format names its categories itself: leave out --names.")

    def number_messages(self, file: Path) -> None:
        """Take from a file the numbers that pipermail gave to mails. Raises OperatorError for other formats."""
        raise OperatorError("Only archives of mailing lists have numbers: leave out --numbers.")

    def community(self) -> Community | None:
        """Return the words for a site without topics; None if there are none."""
        return None

    def picture_files(self) -> Mapping[str, Any]:
        """Return the files of pictures whose names do not say to which address they belong, by address.

        `/pictures/KEY/` is an address for pictures that have none. Each file has `read_bytes`, as a `Path` has.
        """
        return {}

    def addresses(self) -> Mapping[str, str]:
        """Return the source of each post by the key of its old address (`forums.old_addresses.keys`).

        Called after all members were read. A key of a topic leads to its opening.
        """
        return {}
