"""The key and the receipt of a secret ballot.

The key is the random token of the form that was sent: 122 bits that only the voter's browser keeps. The
receipt is a hash of it. The ballot box stores the receipt alone, so whoever reads the database can neither
change a ballot nor tell whose it is; whoever sends the same form twice has the same key, hence the same
receipt, hence one ballot.
"""

from base64 import b32encode
from hashlib import sha256
from uuid import UUID

LENGTH = 20
"""Characters of base 32: 100 bits, so no two of a poll's receipts are ever the same by chance."""


def receipt_of(poll_id: int, key: UUID) -> str:
    """The receipt that belongs to a key in this poll."""
    digest = sha256(f"folkmoot ballot {poll_id} {key.hex}".encode()).digest()
    return b32encode(digest).decode()[:LENGTH]


def readable(receipt: str) -> str:
    """In groups of five, for people: `ABCDE-FGHIJ-…`. Receipts of other shapes as they are."""
    if len(receipt) != LENGTH:
        return receipt
    return "-".join(receipt[start : start + 5] for start in range(0, LENGTH, 5))


def typed(text: str) -> str:
    """A receipt as somebody typed it: without spaces, dashes and small letters."""
    return "".join(text.upper().replace("-", " ").split())[:40]
