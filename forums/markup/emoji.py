"""Emoji by the short names under which other forums store their pictures."""

from emoji import emojize

# Names of Discourse that the table of the library lacks.
OTHER_NAMES = {
    "crazy_face": "zany_face",
    "hugging": "hugs",
    "slight_frown": "slightly_frowning_face",
    "slight_smile": "slightly_smiling_face",
}
TONES = {f"t{number}": chr(0x1F3F9 + number) for number in range(2, 7)}
"""Discourse writes the colours of the skin as `:wave:t2:` to `:wave:t6:`."""


def emoji(name: str) -> str | None:
    """Return the emoji with this name, such as `wave` or `:wave:t2:`, or None."""
    base, _, tone = name.strip(":").partition(":")
    shortcode = f":{OTHER_NAMES.get(base, base)}:"
    found = emojize(shortcode, language="alias")
    return None if found == shortcode else found + TONES.get(tone, "")
