"""Parses an HTTP/1.1 response from the bytes that have been received."""

import gzip
from typing import NamedTuple

from config.web.compression import zstd


class Response(NamedTuple):
    status: int
    head: bytes
    """Lower case."""
    body: bytes
    """As sent."""

    def unpack(self) -> bytes:
        """The body without its compression."""
        if b"content-encoding: zstd" in self.head:
            return zstd.decompress(self.body)
        return gzip.decompress(self.body) if b"content-encoding: gzip" in self.head else self.body


def parse(data: bytes | bytearray) -> Response | None:
    """The response, or None while a part of it is missing.

    Raises ValueError for a response with neither a length nor chunks, which would end with its connection.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, rest = bytes(data[:end]).lower(), end + 4
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        body = _joined(data, rest)
    else:
        length = _length(head)
        body = bytes(data[rest : rest + length]) if len(data) >= rest + length else None
    return None if body is None else Response(status, head, body)


def _length(head):
    _, found, after = head.partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("The response has no Content-Length.")
    return int(after.partition(b"\r\n")[0])


def _joined(data, start):
    """The chunks from `start`, joined, or None while the last one is missing."""
    parts = []
    while (end := data.find(b"\r\n", start)) >= 0:
        length = int(data[start:end].partition(b";")[0], 16)
        start = end + 2 + length + 2
        if len(data) < start:
            return None
        if length == 0:
            return b"".join(parts)
        parts.append(bytes(data[end + 2 : end + 2 + length]))
    return None
