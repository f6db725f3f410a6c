"""Reads the `<row …/>` elements of an XML dump one by one. Memory does not grow with the file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from config.management.operator_error import OperatorError


def rows(path: Path, broken: Callable[[int, str], None]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line and the attributes of each row. Calls `broken(line, why)` for lines that are not XML.

    Raises OperatorError for a file that is not XML at all, or that declares a document type. Only document types
    declare
    entities, which can expand without end.
    """
    reader, number = _Reader(path), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                for attributes in reader.feed(number, line, broken):
                    yield number, attributes
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}).") from None
    if reader.root is None:
        raise OperatorError(f"{path} is not an XML dump.")
    if reader.depth:
        broken(number, "the file ends too early")


class _Reader:
    """Parses a file line by line. After a line that is not XML it starts again, inside the same root element."""

    def __init__(self, path: Path):
        self.path, self.root, self.depth, self.found = path, None, 0, []
        self._begin()

    def feed(self, number, line, broken) -> list[dict[str, str]]:
        """Return the rows that end in this line."""
        why = self._parse(line)
        if why:
            before, self.found = self.found, []
            self._begin()
            if self._parse(line):
                self._begin()
                self.found = before
                broken(number, why)
            else:
                # A row without an end is noticed at the next row, which is complete.
                broken(number - 1, why)
        found, self.found = self.found, []
        return found

    def _begin(self):
        self.depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        if self.root:
            self._parser.Parse(f"<{self.root}>")

    def _parse(self, line) -> str | None:
        try:
            self._parser.Parse(line)
        except expat.ExpatError as error:
            if self.root is None:
                raise OperatorError(f"{self.path} is not an XML dump.") from None
            return f"it is not XML ({expat.ErrorString(error.code)})"
        return None

    def _start(self, name, attributes):
        self.root = self.root or name
        if self.depth:
            self.found.append(attributes)
        self.depth += 1

    def _end(self, name):
        self.depth -= 1

    def _refuse(self, *declaration):
        raise OperatorError(f"{self.path} declares a document type. No real dump does, so it is not read.")
