"""Draws counts: a column for each day, a bar for each name."""

from datetime import date
from html import escape

from django.utils.safestring import SafeString, mark_safe

from config.web.svg_chart import picture, short, text

WIDTH = 360
HEIGHT = 110
TOP, FOOT = 18, 20
LABEL, NUMBER = 130, 44
"""The widths for the names and the numbers beside bars."""
ROW = 24


def columns(days: list[tuple[date, int]], key: str, title: str) -> SafeString:
    """Draw a column for each day, the oldest first, below the highest count."""
    most = max(count for _, count in days)
    step, scale = WIDTH / len(days), (HEIGHT - TOP - FOOT) / max(most, 1)
    ground = HEIGHT - FOOT
    drawn = [
        _box(number * step + 1, ground - count * scale, step - 2, count * scale, f"{day:%-d %b}: {count:,}")
        for number, (day, count) in enumerate(days)
        if count
    ]
    drawn.append(f'<path d="M0 {ground}.5h{WIDTH}" stroke="currentColor" stroke-opacity=".5"/>')
    drawn.append(text(0, 12, f"{most:,} at most, {days[-1][1]:,} today"))
    drawn.append(text(0, HEIGHT - 5, f"{days[0][0]:%-d %b}"))
    drawn.append(_text_to(WIDTH, HEIGHT - 5, "today"))
    return mark_safe(picture("".join(drawn), HEIGHT, f"{title}: {days[-1][1]:,} today", key, WIDTH))


def bars(rows: list[tuple[str, int]], key: str, title: str) -> SafeString:
    """Draw a bar for each name, with its count. Returns "" without rows."""
    most = max((count for _, count in rows), default=0)
    scale = (WIDTH - LABEL - NUMBER) / max(most, 1)
    drawn = []
    for number, (name, count) in enumerate(rows):
        top = number * ROW
        drawn.append(text(0, top + 16, short(name, 18)))
        drawn.append(_box(LABEL, top + 3, count * scale, ROW - 7, f"{name}: {count:,}"))
        drawn.append(text(LABEL + count * scale + 6, top + 16, f"{count:,}"))
    said = f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in rows)
    return mark_safe(picture("".join(drawn), len(rows) * ROW, said, key, WIDTH) if rows else "")


def _box(left, top, width, height, says):
    return (
        f'<rect class="picture-bar" x="{left:.1f}" y="{top:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
        f'fill="currentColor"><title>{escape(says)}</title></rect>'
    )


def _text_to(right, base, words):
    return f'<text x="{right}" y="{base}" text-anchor="end">{escape(words)}</text>'
