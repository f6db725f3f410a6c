"""WebSocket frames as clients send and receive them (RFC 6455)."""

MASK = b"\0\0\0\0"
"""A mask that masks nothing is as valid as any other."""


def frame_of(body: bytes, kind: int = 0x81) -> bytes:
    """As clients send it: of text, unless said otherwise."""
    return bytes([kind, 0x80 | len(body)]) + MASK + body


def length_of(data: bytes) -> int:
    """Of a frame with its head, or of the answer to the handshake; more than there is where that is not known yet."""
    if data[:1] == b"H":
        return data.index(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else len(data) + 1
    if len(data) < 2 or data[1] < 126:
        return 2 + data[1] if len(data) > 1 else 2
    width = 2 if data[1] == 126 else 8
    return len(data) + 1 if len(data) < 2 + width else 2 + width + int.from_bytes(data[2 : 2 + width], "big")
