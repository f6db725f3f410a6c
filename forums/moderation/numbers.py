"""Which numbers comments had before they were moved, kept short, and which they get when they come back."""

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
    found = []
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def returning(old: dict[int, int], taken: set[int], last: int) -> Callable[[int], int]:
    """Gives each comment its `old` number again, by its present one; whatever has none, or finds it `taken`, comes
    after `last` and after all of them. Ask once for each, in order."""
    fresh = max([last, *old.values()])

    def number(seq):
        nonlocal fresh
        if seq in old and old[seq] not in taken:
            return old[seq]
        fresh += 1
        return fresh

    return number
