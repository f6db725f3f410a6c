"""Compression of answers, fast enough for every member's page.

libdeflate takes 0.6 ms for a member's page of a topic and makes 15.3 KB of its 102. zlib takes 0.9 ms for 15.8 KB and
1.8 ms for 15.4 KB; Intel's igzip takes 0.2 ms, for 17.6 KB (a slow machine, 30 November 2026). A page contains one
secret, the CSRF token. Django masks it differently each time, so the length of a page reveals nothing to the BREACH
attack.
"""

import deflate

LEVEL, STORED_LEVEL = 6, 8
MIN_SIZE = 500
"""Bytes. Smaller answers are sent uncompressed."""


def pack(body: bytes) -> bytes:
    return bytes(deflate.gzip_compress(body, LEVEL))


def pack_once(body: bytes) -> bytes:
    """Compress what is sent many times. Takes twice as long as `pack`, for a hundredth less."""
    return bytes(deflate.gzip_compress(body, STORED_LEVEL))


def unpack(body: bytes) -> bytes:
    return bytes(deflate.gzip_decompress(body))


class GzipMiddleware:
    """Compresses texts with gzip for browsers that accept it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if (
            response.streaming
            or response.has_header("Content-Encoding")
            or not kind.startswith(("text/", "application/json", "application/atom+xml", "image/svg+xml"))
            or len(response.content) < MIN_SIZE
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return response
        response.content = pack(response.content)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = len(response.content)
        if etag := response.headers.get("ETag"):
            # The bytes differ now, so the tag may only be a weak one.
            response.headers["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        return response
