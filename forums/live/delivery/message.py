"""One message to pages, encoded once."""

LARGEST = 128 * 1024
"""Bytes of a message, which is ASCII. Larger changes are not sent to everybody; pages request them."""


class Message:
    """A text, and the same text as a frame for direct writing."""

    __slots__ = ("frame", "text")

    def __init__(self, text: str) -> None:
        self.text, self.frame = text, frame(text)


def frame(text: str) -> bytes:
    """An unfragmented text frame (RFC 6455, 5.2). Servers do not mask frames, so all pages can get the same bytes."""
    body = text.encode()
    if len(body) < 126:
        return bytes((0x81, len(body))) + body
    if len(body) < 65_536:
        return b"\x81\x7e" + len(body).to_bytes(2, "big") + body
    return b"\x81\x7f" + len(body).to_bytes(8, "big") + body
