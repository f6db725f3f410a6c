"""Reading an HTTP/1.1 answer from the bytes that have come so far."""

from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    head: bytes
    """Lower case."""
    body: bytes

    @property
    def is_packed(self) -> bool:
        return b"content-encoding: gzip" in self.head


def parse(heard: bytes | bytearray) -> Answer | None:
    """The answer, or None while a part of it is missing. Its length is told or it comes in chunks; an answer that
    ends with its connection is a ValueError."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, rest = bytes(heard[:end]).lower(), end + 4
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        body = _joined(heard, rest)
    else:
        length = _length(head)
        body = bytes(heard[rest : rest + length]) if len(heard) >= rest + length else None
    return None if body is None else Answer(status, head, body)


def _length(head):
    _, found, after = head.partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("The answer does not say how long it is.")
    return int(after.partition(b"\r\n")[0])


def _joined(heard, start):
    """The chunks from `start`, or None while the last one is missing."""
    parts = []
    while (end := heard.find(b"\r\n", start)) >= 0:
        length = int(heard[start:end].partition(b";")[0], 16)
        start = end + 2 + length + 2
        if len(heard) < start:
            return None
        if length == 0:
            return b"".join(parts)
        parts.append(bytes(heard[end + 2 : end + 2 + length]))
    return None
