"""WebSocket frames (RFC 6455) as a client sends and receives them."""

MASK = b"\0\0\0\0"
"""A mask that changes nothing is as valid as any other."""


def frame_of(body: bytes, kind: int = 0x81) -> bytes:
    """A masked frame as clients send it, by default a text frame. `body` has at most 125 bytes."""
    return bytes([kind, 0x80 | len(body)]) + MASK + body


def length_of(data: bytes) -> int:
    """The bytes of the first frame in `data`, header included, or of the response to the handshake.

    If `data` is too short to know it, returns a number greater than its length.
    """
    if data[:1] == b"H":
        return data.index(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else len(data) + 1
    if len(data) < 2 or data[1] < 126:
        return 2 + data[1] if len(data) > 1 else 2
    width = 2 if data[1] == 126 else 8
    return len(data) + 1 if len(data) < 2 + width else 2 + width + int.from_bytes(data[2 : 2 + width], "big")
