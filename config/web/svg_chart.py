"""Draws the parts of SVG charts: boxes with a pattern, tags, texts and the frame around them.

The SVG needs no style attribute, script or other file, so the strictest content security policy allows it. `key` is a
word that is unique on the page. It makes the ids of patterns and titles unique.
"""

from html import escape

WIDTH = 720
BAR = 22
HEADING = 18
TILE = 8
# One tile of each pattern. They repeat after the eighth option, whose letter still distinguishes it.
TILES = (
    '<rect width="8" height="8" fill-opacity=".55"/>',
    '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke="currentColor" stroke-width="1.6"/>',
    '<circle cx="4" cy="4" r="1.7"/>',
    '<path d="M0 2h8M0 6h8" stroke="currentColor" stroke-width="1.3"/>',
    '<path d="M2 0v8M6 0v8" stroke="currentColor" stroke-width="1.3"/>',
    '<path d="M-2 6l4 4M0 0l8 8M6-2l4 4" stroke="currentColor" stroke-width="1.6"/>',
    '<path d="M0 0h4v4H0zM4 4h4v4H4z" fill-opacity=".7"/>',
    '<path d="M0 4h8M4 0v8" stroke="currentColor" stroke-width="1.1"/>',
)


def picture(drawn, height, title, key, width=WIDTH, tiles=True):
    """Return the SVG element around `drawn`, with a title and perhaps the patterns. Lengths are in its own pixels."""
    patterns = "".join(
        f'<pattern id="{key}-fill-{number}" width="{TILE}" height="{TILE}" patternUnits="userSpaceOnUse">'
        f"{tile}</pattern>"
        for number, tile in enumerate(TILES)
    )
    defined = f"<defs>{patterns}</defs>" if tiles else ""
    return (
        f'<svg class="picture" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title" '
        f'fill="currentColor" font-size="13"><title id="{key}-title">{escape(title)}</title>'
        f"{defined}{drawn}</svg>"
    )


def pattern(key, number):
    """Return the fill for the option with this number, from 0."""
    return f"url(#{key}-fill-{number % len(TILES)})"


def box(left, top, width, fill):
    """Draw a filled part of a bar. Lengths are in the picture's own pixels."""
    return (
        f'<rect class="picture-bar" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" '
        f'fill="{fill}" stroke="currentColor"/>'
    )


def tag(left, top, width, letter, number):
    """Write the letter and, if there is room, the number, on plain ground so that the pattern does not cross them."""
    words = next((fit for fit in (f"{letter} {number:,}", letter) if 8 * len(fit) + 6 <= width), None)
    if words is None:
        return ""
    room = 8 * len(words) + 2
    middle = left + width / 2
    ground = (
        f'<rect x="{middle - room / 2:.1f}" y="{top + 3}" width="{room}" height="{BAR - 6}" fill="Canvas"/>'
    )
    return f'{ground}<text x="{middle:.1f}" y="{top + 15}" text-anchor="middle">{words}</text>'


def text(left, base, words):
    """Write one line of text, escaped, from its left end."""
    return f'<text x="{left:.0f}" y="{base}">{escape(words)}</text>'


def short(label, most):
    """Return the label on one line, cut to `most` characters."""
    label = " ".join(label.split())
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def letter(number):
    """Return A to Z for the first options, then AA, AB and so on. Numbers start at 0."""
    letters = ""
    while number >= 0:
        number, rest = divmod(number, 26)
        letters = chr(ord("A") + rest) + letters
        number -= 1
    return letters
