"""Rules for members' names.

A name uses letters of one alphabet, any alphabet, the digits 0 to 9, and `.`, `_` or `-` between them.
"""

import unicodedata
from itertools import pairwise

from django.core.exceptions import ValidationError

from accounts.identity.skeleton import skeleton

SHORTEST, LONGEST = 3, 30

# With these names a member could pretend to speak for the site, or to be a deleted member.
RESERVED = (
    "admin",
    "administrator",
    "deleted",
    "deleted-member",
    "everyone",
    "folkmoot",
    "moderator",
    "moderators",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "visitor",
)

# Japanese and Korean mix several scripts in one word. No other language needs that.
_WRITTEN_TOGETHER = {
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "KATAKANA-HIRAGANA",
    "HANGUL",
    "IDEOGRAPHIC",
}


def normalise(name: str) -> str:
    """The stored form of a name: Unicode NFKC, so that full-width letters become plain ones."""
    return unicodedata.normalize("NFKC", name).strip()


def validate_name(name: str) -> None:
    """Raise ValidationError, with a sentence for the member, unless `name` is well formed."""
    if not SHORTEST <= len(name) <= LONGEST:
        raise ValidationError(f"Names have {SHORTEST} to {LONGEST} characters.", code="length")
    if name != normalise(name):
        raise ValidationError(
            "Please use plain letters, not decorated or full-width ones.",
            code="form",
        )
    if not all(_is_letter(ch) or _is_vowel_sign(ch) or ch in "0123456789._-" for ch in name):
        raise ValidationError(
            "Names are made of letters, digits, dots, dashes and underscores.",
            code="letters",
        )
    if not name[0].isalnum() or name[-1] in "._-":
        raise ValidationError("Names begin and end with a letter or a digit.", code="edges")
    if any(a in "._-" and b in "._-" for a, b in pairwise(name)):
        raise ValidationError("Put letters or digits between dots, dashes and underscores.", code="runs")
    if any(all(map(_is_vowel_sign, three)) for three in zip(name, name[1:], name[2:], strict=False)):
        raise ValidationError("Please put at most two vowel signs on a letter.", code="marks")
    if len(_scripts(name)) > 1:
        raise ValidationError("Please write the name in one alphabet.", code="scripts")


def validate_not_reserved(name: str) -> None:
    """Raise ValidationError if `name` looks like a word in RESERVED."""
    looks = skeleton(name)
    if looks in {skeleton(word) for word in RESERVED} or looks.startswith(skeleton("deleted")):
        raise ValidationError(
            "That name is reserved for the site itself. Please choose another.",
            code="reserved",
        )


def _is_letter(ch: str) -> bool:
    return unicodedata.category(ch)[0] == "L"


def _is_vowel_sign(ch: str) -> bool:
    """Whether `ch` is a vowel sign, which alphabets such as Devanagari or Thai need.

    Accents that fit any letter ("COMBINING …") are not: stacked, they cover other lines.
    """
    return unicodedata.category(ch) in ("Mc", "Mn") and not unicodedata.name(ch, "COMBINING").startswith(
        "COMBINING"
    )


def _scripts(name: str) -> set[str]:
    """The alphabets of the letters in `name`, from their Unicode names. East Asian ones count as one."""
    words = {unicodedata.name(ch, "?").split()[0] for ch in name if ch not in "0123456789._-"}
    return {"EAST ASIAN" if word in _WRITTEN_TOGETHER else word for word in words}
