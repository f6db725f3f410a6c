"""Draws the balance of a debate over time: the shares for it, undecided and against it."""

from collections.abc import Sequence
from itertools import pairwise

from config.web.svg_chart import picture
from forums.models.debates.side import Stand

WIDTH, HEIGHT, FOOT = 360, 96, 18
"""In the picture's own pixels. The foot has the times."""
FOR, UNDECIDED, AGAINST = Stand


def balance(moments: Sequence[Sequence[int]], seconds: int, last: int, key: str) -> str:
    """Draw the shares of all who have taken a side, stacked: "for" at the bottom, "against" at the top.

    Draws the first `last` of the debate's `seconds`. `moments` come from
    `forums.models.debates.debate_figures.balance`. Words and
    lines show the areas without relying on colour. Returns "" while nobody has taken a side.
    """
    steps = [(second, *_shares(numbers)) for second, *numbers in moments if any(numbers)]
    if not steps:
        return ""
    steps.append((max(last, steps[-1][0] + 1), *steps[-1][1:]))
    places = [(min(second / seconds, 1) * WIDTH, low, high) for second, low, high in steps]
    drawn = [
        _area("for", places, lambda low, high: (HEIGHT, low)),
        _area("undecided", places, lambda low, high: (low, high)),
        _area("against", places, lambda low, high: (high, 0)),
        *_words(places),
        _frame(seconds),
    ]
    return picture("".join(drawn), HEIGHT + FOOT, _title(moments), key, WIDTH)


def length(seconds: int) -> str:
    """Return a length of time in words: "45 minutes", "2 hours", "1 hour 30 minutes", "3 days"."""
    minutes = max(1, round(seconds / 60))
    days, minutes = divmod(minutes, 24 * 60) if minutes >= 48 * 60 else (0, minutes)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def _shares(numbers):
    """Return the heights of the two lines between the three areas, from the top."""
    pro, undecided, _ = numbers
    total = sum(numbers)
    return HEIGHT * (1 - pro / total), HEIGHT * (1 - (pro + undecided) / total)


def _area(name, places, edges):
    """Draw steps and not slopes, because nobody stood between two sides."""
    below, above = [], []
    for (left, low, high), (right, _, _) in pairwise(places):
        bottom, top = edges(low, high)
        above.append(f"{left:.1f} {top:.1f}H{right:.1f}")
        below.append(f"{right:.1f} {bottom:.1f}H{left:.1f}")
    down = "L".join(reversed(below))
    return f'<path class="balance-{name}" d="M{"L".join(above)}L{down}z" stroke="currentColor"/>'


def _words(places):
    """Write each area's name at its end: beside it if there is room, otherwise inside it on plain ground."""
    right, (_, low, high) = places[-1][0], places[-2]
    areas = (("for", low, HEIGHT), ("undecided", high, low), ("against", 0, high))
    for name, top, bottom in areas:
        room, base = 7 * len(name) + 8, (top + bottom) / 2 + 4
        if bottom - top < 15:
            continue
        if right + room <= WIDTH:
            yield f'<text x="{right + 5:.1f}" y="{base:.1f}">{name}</text>'
        elif room <= right:
            left = right - room - 2
            ground = (
                f'<rect x="{left:.1f}" y="{base - 12:.1f}" width="{room}" height="16" rx="3" fill="Canvas"/>'
            )
            yield f'{ground}<text x="{left + room / 2:.1f}" y="{base:.1f}" text-anchor="middle">{name}</text>'


def _frame(seconds):
    base = HEIGHT + FOOT - 4
    return (
        f'<path d="M0 {HEIGHT}H{WIDTH}" stroke="currentColor" fill="none"/><text x="0" y="{base}">start</text>'
        f'<text x="{WIDTH}" y="{base}" text-anchor="end">{length(seconds)}</text>'
    )


def _title(moments):
    def words(numbers):
        return ", ".join(f"{number} {stand.value}" for number, stand in zip(numbers, Stand, strict=True))

    return f"Sides over time. At the start: {words(moments[0][1:])}. In the end: {words(moments[-1][1:])}."
