"""Decodes headers and texts of mails, also if they claim a wrong charset."""

from email.errors import HeaderParseError
from email.header import decode_header


def decoded_header(header) -> str:
    """Return a header with its encoded words read; the header itself if they are damaged."""
    text = str(header or "")
    try:
        words = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(word if isinstance(word, str) else in_charset(word, charset) for word, charset in words)


def in_charset(content: bytes, charset: str | None) -> str:
    """Decode text in its charset, otherwise in the first that fits."""
    for name in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")
