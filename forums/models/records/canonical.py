"""Canonical JSON, and the hashes of records. This is their definition; polls/README.md and the verifier follow it.

Canonical JSON is the subset of RFC 8785 without fractions: keys in order, no spaces, UTF-8, only the escapes that JSON
needs, whole numbers below 2^53. All keys are ASCII, so their order is that of their bytes. Times are texts in UTC.
"""

import json
from hashlib import sha256

LARGEST = 2**53


def canonical(value: object) -> str:
    """The value as canonical JSON. Raises TypeError for fractions, and for keys that are no ASCII texts."""
    _check(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_hash(content: str) -> str:
    """The hash of the content of a record, which is canonical JSON."""
    return sha256(content.encode()).hexdigest()


def link_hash(*, seq: int, previous: str, made_at: str, content: str) -> str:
    """The hash of a record: that of its place in the chain and of the hash of its content."""
    link = {"content": content, "made_at": made_at, "previous": previous, "seq": seq}
    return sha256(canonical(link).encode()).hexdigest()


def text_hash(salt: str, text: str) -> str:
    """The hash that stands for a text: that of its salt (hexadecimal) and then the text."""
    return sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def _check(value):
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise TypeError("a key is no ASCII text")
        for each in value.values():
            _check(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _check(each)
    elif isinstance(value, int):
        if abs(value) >= LARGEST:
            raise TypeError("a number is too large")
    elif value is not None and not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} has no canonical form")
