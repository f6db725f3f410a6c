"""Counts what happened to every record: read, added, already there, or skipped and why."""

from collections import Counter
from collections.abc import Sequence

UNOPENED = "the opening of their topic is not here"
LEFT_OUT = "on what was skipped"
"""Why readers and `writing` skip records that depend on others."""
SHOWN = 10
"""Lines of each list, unless all are wanted."""
QUOTED = 12
"""Words that are quoted of each loss."""


class Report:
    """Counts by kind of record. Calls `warn` with a sentence for each broken record at once."""

    def __init__(self, warn=lambda sentence: None):
        self.warn = warn
        self.is_rehearsal = False
        self.read = Counter()
        self.added = Counter()
        self.present = Counter()
        self.skipped: dict[str, Counter] = {}
        self.renamed: list[tuple[str, str]] = []
        self.moved: list[tuple[str, str]] = []
        self.staff: list[str] = []
        """Names of members who were staff there, and come into its group."""
        self.ungrouped: list[str] = []
        """Names of those who came with an earlier import and are not in the group."""
        self.repaired = 0
        self.losses: list[tuple[str, Sequence[str]]] = []
        """Posts and the words of them that were lost."""

    def skip(self, kind: str, why: str, count: int = 1) -> None:
        """Count records that were left out on purpose. Only the table shows them."""
        if count:
            self.skipped.setdefault(kind, Counter())[why] += count

    def broken(self, kind: str, where: str, why) -> None:
        """Count a record that cannot be understood, and warn with the reason."""
        self.skip(kind, "broken, listed above")
        self.warn(printable(f"{where}: {why}."))

    def adds_up(self) -> bool:
        """Return whether each record that was read was added, there already, or skipped exactly once."""
        return all(
            self.read[kind] == self.added[kind] + self.present[kind] + self.skips(kind) for kind in self.read
        )

    def skips(self, kind: str) -> int:
        return sum(self.skipped.get(kind, {}).values())

    def table(self) -> str:
        """Return the final table, and below it why records were skipped."""
        rows = [("", "read", "would be added" if self.is_rehearsal else "added", "already there", "skipped")]
        for kind, read in self.read.items():
            if read:
                rows.append((kind, *(f"{n:,}" for n in (read, *self._outcomes(kind)))))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        for kind, reasons in self.skipped.items():
            lines += [f"{kind} skipped: {count:,} ({why})" for why, count in reasons.most_common()]
        return "\n".join(lines)

    def _outcomes(self, kind):
        return self.added[kind], self.present[kind], self.skips(kind)

    def notes(self, *, everything: bool = False) -> str:
        """Return what was changed: names of members, moved replies, repaired texts, and every loss of words."""
        lines = []
        if self.renamed:
            lines.append(f"Members with another name here: {len(self.renamed):,}")
            lines += _some([f"  {old} is {new}" for old, new in self.renamed], everything)
        if self.staff:
            lines.append(f"Staff of the other forum, without rights here: {len(self.staff):,}")
            lines += _some([f"  {name}" for name in self.staff], everything)
        if self.ungrouped:
            lines.append(f"Staff of the other forum who are not in its group here: {len(self.ungrouped):,}")
            lines += _some([f"  {name}" for name in self.ungrouped], everything)
        if self.moved:
            lines.append(f"Replies moved directly below the opening of their topic: {len(self.moved):,}")
            lines += _some([f"  {where}: {why}" for where, why in self.moved], everything)
        if self.repaired:
            lines.append(f"Texts repaired: {self.repaired:,}")
        if self.losses:
            words = sum(len(lost) for _, lost in self.losses)
            lines.append(f"Posts of which words are missing here: {len(self.losses):,} ({words:,} words)")
            lines += [f"  {where}: {len(lost):,} ({_quoted(lost)})" for where, lost in self.losses]
        return "\n".join(map(printable, lines))


def printable(line: str) -> str:
    """Replace control characters, with which a foreign text could control the terminal."""
    return "".join(ch if ch.isprintable() else "?" for ch in line)


def _quoted(words):
    return " ".join(words[:QUOTED]) + (" …" if len(words) > QUOTED else "")


def _line(row, widths):
    kind, *numbers = zip(row, widths, strict=True)
    return "  ".join([kind[0].ljust(kind[1]), *(cell.rjust(width) for cell, width in numbers)])


def _some(lines, everything):
    if everything or len(lines) <= SHOWN:
        return lines
    return [*lines[:SHOWN], f"  … and {len(lines) - SHOWN:,} more (all with --verbosity 2)"]
