"""Compressing answers, fast enough to do it for every member's page.

Intel's igzip takes a tenth of zlib's time for the same size at its level 6. Pages hold one secret, the CSRF token, and
Django masks that anew each time, so its length tells nothing to who can make a browser ask often (BREACH).
"""

from isal import igzip

LEVEL = 3
SMALLEST = 500
"""Bytes below which compressing does not pay."""


def pack(body: bytes) -> bytes:
    return igzip.compress(body, LEVEL, mtime=0)


def unpack(body: bytes) -> bytes:
    return igzip.decompress(body)


class Compressed:
    """gzip for texts, for browsers that take it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if (
            response.streaming
            or response.has_header("Content-Encoding")
            or not kind.startswith(("text/", "application/json", "application/atom+xml", "image/svg+xml"))
            or len(response.content) < SMALLEST
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return response
        response.content = pack(response.content)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = len(response.content)
        if etag := response.headers.get("ETag"):
            # Not the same bytes any more, though the same page.
            response.headers["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        return response
