"""The text itself, before any markup: one kind of line end, one spelling of each letter, nothing that lies."""

import unicodedata
from itertools import groupby

LONGEST = 40_000
"""Characters in a comment, counted with one character for each line end."""

MOST_MARKS = 8
"""Combining marks on one letter. Living scripts need up to six; text that climbs over its line has dozens."""

NEW_LINES = dict.fromkeys(map(ord, "\u0085\u2028\u2029"), "\n")

# Removed from what is stored and, because `&#8238;` spells them too, from what is shown:
# - control characters other than tab and new line;
# - bidirectional embeddings, overrides and isolates. An override makes "exe.fdp" read as "pdf.exe", and an
#   unclosed isolate reorders the page's own words after it. Arabic and Hebrew need none of them: each block of a
#   comment finds its own direction (`unicode-bidi: plaintext` in code.css), and the marks LRM, RLM and ALM, which
#   only place punctuation, stay;
# - byte order marks and interlinear annotation, which no browser shows;
# - two code points that XML cannot hold, so that one of them would break a feed for all its readers;
# - halves of surrogate pairs, which UTF-8 and so Postgres cannot hold.
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
# Letters and symbols by their Unicode category that nevertheless have no ink.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """Return the text to store; raise ValueError with one sentence for its author when it cannot be accepted.

    Line ends become a new line, letters are composed (NFC), trailing space goes; indentation of the first line
    stays, because it can mean code.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ValueError("Your text contains a character that cannot be stored (a NUL byte).")
    if len(text) > LONGEST:
        raise ValueError(f"Your text has {len(text):,} characters; at most {LONGEST:,} fit.")
    text = without_deceit(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _bounded_marks(text))
    text = text.strip("\n").rstrip()
    if not any(map(_has_ink, text)):
        raise ValueError("Write something first: there is no text to read in this.")
    if len(text) > LONGEST:  # composing can lengthen: a few letters are only spelt with marks
        raise ValueError(f"Your text has {len(text):,} characters; at most {LONGEST:,} fit.")
    return text


def without_deceit(text: str) -> str:
    """The text without the characters that hide, reorder or break what is around them."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(NEW_LINES).translate(DECEIVING)


def _bounded_marks(text: str) -> str:
    # Before normalising: putting one run of 40,000 marks into canonical order takes quadratic time.
    runs = groupby(text, _is_mark)
    return "".join("".join(run)[:MOST_MARKS] if marks else "".join(run) for marks, run in runs)


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me")


def _has_ink(character: str) -> bool:
    return character.isprintable() and not character.isspace() and character not in BLANK
