"""Normalises a text before markup: one kind of line end, one spelling of each letter, no deceiving characters."""

import unicodedata
from itertools import groupby

LONGEST = 40_000
"""Characters in a comment, counted with one character for each line end."""

MOST_MARKS = 8
"""Combining marks on one letter. Living scripts need up to six. Text that overflows its line has dozens."""

NEW_LINES = dict.fromkeys(map(ord, "\u0085\u2028\u2029"), "\n")

# Removed from the stored text, and from the HTML because `&#8238;` writes them too:
# - control characters other than tab and new line;
# - bidirectional embeddings, overrides and isolates. An override makes "exe.fdp" read as "pdf.exe", and an
#   unclosed isolate reorders the page's own words after it. Arabic and Hebrew need none of them: each block of a
#   comment finds its own direction (`unicode-bidi: plaintext` in prose.css). The marks LRM, RLM and ALM stay
#   because they only place punctuation;
# - byte order marks and interlinear annotation, which no browser shows;
# - two code points that XML cannot hold: one of them would break a feed for all its readers;
# - halves of surrogate pairs, which UTF-8 and therefore Postgres cannot hold.
DECEIVING = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n"),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xFFF9, 0xFFFC),
        0xFEFF,
        *(0xFFFE, 0xFFFF),
        *range(0xD800, 0xE000),
    ]
)
# Unicode classifies these as letters and symbols, but they are invisible.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """Return the text to store. Raises ValueError with one sentence for its author if it cannot be accepted.

    Line ends become new lines, letters are composed (NFC), and trailing space is removed. Indentation of the first
    line stays, because it can mean code.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ValueError("Your text contains a character that cannot be stored (a NUL byte).")
    if len(text) > LONGEST:
        raise ValueError(_too_long(text))
    text = without_deceit(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _bounded_marks(text))
    text = text.strip("\n").rstrip()
    if not any(map(_has_ink, text)):
        raise ValueError("Write something first: this contains no text to read.")
    if (
        len(text) > LONGEST
    ):  # composing can lengthen a text, because a few letters are only written with marks
        raise ValueError(_too_long(text))
    return text


def _too_long(text: str) -> str:
    return f"Your text has {len(text):,} characters. At most {LONGEST:,} are possible."


def without_deceit(text: str) -> str:
    """Remove the characters that hide, reorder or break what is around them."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(NEW_LINES).translate(DECEIVING)


def _bounded_marks(text: str) -> str:
    # This must come before normalising: putting a run of 40,000 marks into canonical order takes quadratic time.
    runs = groupby(text, _is_mark)
    return "".join("".join(run)[:MOST_MARKS] if marks else "".join(run) for marks, run in runs)


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me")


def _has_ink(character: str) -> bool:
    return character.isprintable() and not character.isspace() and character not in BLANK
