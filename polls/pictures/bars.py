"""Bars: how much each option has."""

from collections.abc import Sequence
from dataclasses import dataclass

from polls.pictures.drawing import BAR, HEADING, WIDTH, box, pattern, picture, short, text


@dataclass(frozen=True)
class Bar:
    """One row of `bars`: its length is `value` of the longest possible `full`, and `note` is written behind
    the label."""

    label: str
    value: float
    note: str


def bars(rows: Sequence[Bar], full: float, title: str, key: str) -> str:
    """Horizontal bars, one an option, each under its label and note."""
    step = HEADING + BAR + 12
    drawn = []
    for number, row in enumerate(rows):
        top = number * step
        length = WIDTH * min(row.value / full, 1) if full else 0
        drawn.append(text(0, top + 13, f"{short(row.label, 70)}: {row.note}"))
        drawn.append(_track(top + HEADING))
        drawn.append(box(0, top + HEADING, length, pattern(key, number)))
    return picture("".join(drawn), len(rows) * step, title, key)


def _track(top):
    """The faint frame that shows how long the bar could be."""
    return (
        f'<rect class="picture-track" y="{top}" width="{WIDTH}" height="{BAR}" fill="none" '
        'stroke="currentColor" stroke-opacity=".3"/>'
    )
