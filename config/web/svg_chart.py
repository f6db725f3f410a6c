"""Draws the parts of SVG charts: texts and the frame around a picture.

The SVG needs no style attribute, script or other file, so the strictest content security policy allows it. `key` is a
word that is unique on the page. It makes the id of the title unique.
"""

from html import escape


def picture(drawn, height, title, key, width):
    """Return the SVG element around `drawn`, with a title. Lengths are in its own pixels."""
    return (
        f'<svg class="picture" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-title" '
        f'fill="currentColor" font-size="13"><title id="{key}-title">{escape(title)}</title>{drawn}</svg>'
    )


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
