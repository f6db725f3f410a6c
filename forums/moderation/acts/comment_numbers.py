"""The numbers that comments had before they were moved: stored compactly, and given back on the way back."""

from collections.abc import Callable, Iterable


def pack(numbers: Iterable[int]) -> str:
    """Ascending numbers as runs: "3,7-9"."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def unpack(text: str) -> list[int]:
    """Undo `pack`."""
    found = []
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def returning(old: dict[int, int], taken: set[int], last: int) -> Callable[[int], int]:
    """A function that gives each comment its number by its present one. Call it once for each comment, in order.

    `old` maps present numbers to former ones. A comment without a former number, or whose number is `taken`, gets the
    next one after `last` and after all former numbers.
    """
    fresh = max([last, *old.values()])

    def number(seq):
        nonlocal fresh
        if seq in old and old[seq] not in taken:
            return old[seq]
        fresh += 1
        return fresh

    return number
