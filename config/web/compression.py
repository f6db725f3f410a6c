"""Compression of answers, fast enough for every member's page.

All current browsers but Safari accept zstd. It takes 0.11 ms for a member's page of a topic and makes 14.7 KB of its
102. For gzip, libdeflate takes 0.49 ms and makes 15.4 KB; zlib takes 1.2 ms for 15.7 KB (30 November 2026). Visitors'
pages are stored with gzip, which everybody accepts.

A page contains one secret, the CSRF token. Django masks it differently each time, so the length of a page reveals
nothing to the BREACH attack.
"""

import sys
import threading

import deflate

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD_LEVEL, GZIP_LEVEL, STORED_LEVEL = 3, 6, 8
MIN_SIZE = 500
"""Bytes. Smaller answers are sent uncompressed."""
KINDS = ("text/", "application/json", "application/atom+xml", "image/svg+xml")
"""The beginnings of the content types that are compressed."""

_own = threading.local()


def pack(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Compress `body` for a client that sent the header Accept-Encoding with the value `accepted`.

    Returns the name of the encoding, too. It is "" if the client accepts none.
    """
    if "zstd" in accepted:
        return _compressor().compress(body, zstd.ZstdCompressor.FLUSH_FRAME), "zstd"
    if "gzip" in accepted:
        return bytes(deflate.gzip_compress(body, GZIP_LEVEL)), "gzip"
    return body, ""


def pack_once(body: bytes) -> bytes:
    """Compress with gzip what is sent many times. Takes twice as long as `pack`, for a hundredth less."""
    return bytes(deflate.gzip_compress(body, STORED_LEVEL))


def unpack(body: bytes) -> bytes:
    return bytes(deflate.gzip_decompress(body))


def _compressor():
    """The compressor of this thread, whose tables (a megabyte) would otherwise be made and cleared for each page."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstd.ZstdCompressor(level=ZSTD_LEVEL)
    return _own.compressor


class CompressionMiddleware:
    """Compresses texts for browsers that accept it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            response.streaming
            or response.has_header("Content-Encoding")
            or not response.headers.get("Content-Type", "").startswith(KINDS)
            or len(response.content) < MIN_SIZE
        ):
            return response
        body, encoding = pack(response.content, request.headers.get("Accept-Encoding", ""))
        if not encoding:
            return response
        response.content = body
        response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = len(response.content)
        if etag := response.headers.get("ETag"):
            # The bytes differ now, so the tag may only be a weak one.
            response.headers["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        return response
