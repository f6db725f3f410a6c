"""The key and the receipt of a secret ballot.

The key is the random token of the voter's form: 122 bits that the site shows to the voter and does not store. The
receipt is a hash of the key. Only the receipt is stored, so someone who reads the database can neither change a ballot
nor learn its voter from it. Sending the same form twice gives the same key, the same receipt and therefore one ballot.
"""

from base64 import b32encode
from hashlib import sha256
from uuid import UUID

LENGTH = 20
"""Characters of base 32. These are 100 bits, so two receipts of a poll are never the same by chance."""


def receipt_of(poll_id: int, key: UUID) -> str:
    """The receipt of a key in this poll."""
    digest = sha256(f"folkmoot ballot {poll_id} {key.hex}".encode()).digest()
    return b32encode(digest).decode()[:LENGTH]


def readable(receipt: str) -> str:
    """The receipt in groups of five characters: `ABCDE-FGHIJ-…`. Returns imported receipts unchanged."""
    if len(receipt) != LENGTH:
        return receipt
    return "-".join(receipt[start : start + 5] for start in range(0, LENGTH, 5))


def typed(text: str) -> str:
    """A receipt from what someone typed: upper case, without spaces and dashes."""
    return "".join(text.upper().replace("-", " ").split())[:40]
