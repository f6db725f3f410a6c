"""Reads what a mail contains: its text as HTML, its pictures, and the files that are left out.

A picture in the HTML is `<img data-picture="/pictures/KEY/">`, with the key that its comment's picture gets.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from functools import lru_cache
from hashlib import sha256
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import unquote

from forums.importers.mbox import plain_text
from forums.importers.mbox.charsets import decoded_header, in_charset
from forums.importers.mbox.files import MOST_BYTES, Place
from forums.importers.mbox.scrubbed import Piece, Scrubbed
from forums.models.pictures import placing
from forums.pictures import storing, uploading
from forums.pictures.conversion import UnfitPicture

CONTENT_ID = re.compile(r"""(?i)\bsrc\s*=\s*(["']?)cid:([^"'\s>]+)\1""")
DATA = re.compile(r"""(?i)\bsrc\s*=\s*(["'])data:image/[a-z+.-]+;base64,([^"']*)\1""")
MAIL_LINK = re.compile(r"""(?i)\bhref\s*=\s*(?:"mailto:[^"]*"|'mailto:[^']*'|mailto:[^\s>]*)""")
MASKABLE = re.compile(r"(?<![/\w.:])([\w.+=-]+)@([\w-]+(?:\.[\w-]+)+)")
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
NO_TEXTS = {"text/html", "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rtf"}
LONGEST_TEXT = 100_000
"""Characters of a part. Its HTML must stay shorter than what `markup.sanitise` reads."""
LONGEST_FILE = 50_000
"""Characters of a text file that becomes part of its mail."""
FILE, SIGNATURE, DEEP = "files that are no pictures", "signatures", "mails inside too many others"
REST, LONG, CUT = (
    f"what follows the first {LONGEST_TEXT:,} characters of a text",
    f"text files of more than {LONGEST_FILE:,} characters",
    f"what follows the first {MOST_BYTES // 1024 // 1024} MB of a mail",
)


@dataclass(slots=True)
class Contents:
    html: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    """The files of pictures by the addresses that they get here."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Why files were left out, and how many."""
    unfit: Counter[str] = field(default_factory=Counter)
    """The same for pictures."""


class Picture:
    """A picture in a mail. It is read when it is needed, because all of a batch would not fit into memory."""

    def __init__(self, place: Place, key: str, address: str):
        self._place, self._key, self._address = place, key, address

    def read_bytes(self) -> bytes:
        return _latest(self._place, self._key).pictures[self._address]


def read(place: Place, key: str, scrubbed: Scrubbed | None = None) -> Contents:
    """Return what a mail contains. `key` distinguishes the mail from all others; `scrubbed` has texts of others."""
    found = Contents()
    if place.is_too_long:
        found.left_out[CUT] += 1
    try:
        found.html = _Reader(key, found, scrubbed).html_of(message_from_bytes(place.read()))
    except RecursionError:
        return Contents(left_out=Counter({DEEP: 1}))
    return found


_latest = lru_cache(maxsize=1)(read)
"""The pictures of a mail are stored one after the other, so the last mail is read only once."""


class _Reader:
    def __init__(self, key: str, found: Contents, scrubbed: Scrubbed | None):
        self._key, self._found, self._scrubbed = key, found, scrubbed
        self._number = 0

    def html_of(self, mail: Mail) -> str:
        """Return the parts of a mail as HTML, in their order. Files that are left out are named at the end."""
        parts = [*_leaves(mail)]
        pictures = {id(part): address for part in parts if (address := self._picture(part))}
        by_content_id = {
            str(part.get("Content-ID", "")).strip("<> "): pictures[id(part)]
            for part in parts
            if id(part) in pictures
        }
        html, files, shown = [], [], set()
        for part in parts:
            if _is_mail(part):
                html += [self._forwarded(inner) for inner in part.get_payload()]
            elif address := pictures.get(id(part)):
                if address not in shown:
                    html.append(f'<p><img data-picture="{address}" alt="{escape(masked(_name(part)))}"></p>')
            elif _is_text(part):
                html += self._plain(_text(part))
            elif _is_html(part):
                text = self._with_pictures(_text(part), by_content_id)
                shown.update(address for address in by_content_id.values() if address in text)
                html.append(masked(MAIL_LINK.sub("", text)))
            elif text := self._file(part):
                html.append(text)
            elif name := masked(_name(part)):
                files.append(name)
        if files:
            html.append(f"<p>Attached: {escape(', '.join(files))}</p>")
        return "\n".join(html)

    def _plain(self, text: str) -> Iterator[str]:
        if len(text) > LONGEST_TEXT:
            text = text[:LONGEST_TEXT]
            self._found.left_out[REST] += 1
        for piece in self._scrubbed.pieces(text) if self._scrubbed else [Piece(text)]:
            if piece.name:
                yield _folded(piece.name, piece.text)
            else:
                yield plain_text.to_html(masked(piece.text))

    def _picture(self, part: Mail) -> str | None:
        """Return the address of a part that is a picture, whatever type it claims."""
        if part.is_multipart() or part.get_content_maintype() in ("text", "multipart"):
            return None
        return self._keep(_bytes(part), is_named=part.get_content_maintype() == "image")

    def _keep(self, content: bytes, *, is_named: bool) -> str | None:
        """Keep a picture and return its address, or None. `is_named`: the mail says that it is a picture."""
        self._number += 1
        try:
            uploading.check_header(content)
            storing.check(content)
        except UnfitPicture as unfit:
            if is_named:
                self._found.unfit[str(unfit).rstrip(".")] += 1
            return None
        digest = sha256(f"{self._key}:{self._number}".encode()).digest()
        address = placing.address(urlsafe_b64encode(digest).decode()[:22])
        self._found.pictures[address] = content
        return address

    def _with_pictures(self, html: str, by_content_id: dict[str, str]) -> str:
        """Put the mail's own pictures where its HTML shows them."""

        def attached(place: re.Match) -> str:
            address = by_content_id.get(unquote(unescape(place[2])))
            return f'data-picture="{address}"' if address else ""

        def written(place: re.Match) -> str:
            try:
                address = self._keep(b64decode(unquote(place[2])), is_named=True)
            except Error:
                address = None
            return f'data-picture="{address}"' if address else ""

        return CONTENT_ID.sub(attached, DATA.sub(written, html))

    def _forwarded(self, mail: Mail) -> str:
        said = (f"{name}: {decoded_header(mail[name])}" for name in ("From", "Date", "Subject") if mail[name])
        heading = "<br>".join(escape(masked(" ".join(line.split()))) for line in said)
        inner = f"<p>{heading}</p>{self.html_of(mail)}"
        return f"<details><summary>Forwarded message</summary>{inner}</details>"

    def _file(self, part: Mail) -> str | None:
        """Return a short text file as HTML. Counts any other file as left out and returns None."""
        kind, why = part.get_content_type(), FILE
        if kind in SIGNATURES:
            why = SIGNATURE
        elif part.get_content_maintype() == "image":
            return None  # counted as a picture
        elif part.get_content_maintype() == "text" and kind not in NO_TEXTS:
            if len(text := _text(part)) <= LONGEST_FILE:
                return _folded(_name(part) or "Attached text", text)
            why = LONG
        self._found.left_out[why] += 1
        return None


def _folded(name: str, text: str) -> str:
    text = masked(text).replace("\r\n", "\n").strip("\n")
    code = f"<pre><code>{escape(text)}\n</code></pre>"
    return f"<details><summary>{escape(masked(name))}</summary>{code}</details>"


def _leaves(part: Mail) -> Iterator[Mail]:
    """Yield the parts that have no parts. Of a text that is there twice, as plain text and as HTML, the plain one."""
    if _is_mail(part) or not part.is_multipart():
        yield part
        return
    leaves = [leaf for child in part.get_payload() for leaf in _leaves(child)]
    is_choice = part.get_content_type() == "multipart/alternative"
    if is_choice and any(_is_text(leaf) and _text(leaf).strip() for leaf in leaves):
        leaves = [leaf for leaf in leaves if not _is_html(leaf)]
    yield from leaves


def _is_mail(part: Mail) -> bool:
    return part.get_content_type() == "message/rfc822" and part.is_multipart()


def _is_text(part: Mail) -> bool:
    """Return whether a part is plain text of the mail itself, also if its type is damaged."""
    is_whole = part.get_content_maintype() == "multipart" and not part.is_multipart()
    return is_whole or (part.get_content_type() == "text/plain" and not _is_attached(part))


def _is_html(part: Mail) -> bool:
    return part.get_content_type() == "text/html" and not _is_attached(part)


def _is_attached(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment"


def _name(part: Mail) -> str:
    """Return the name of a file without its folders; "" if it has none, and none for signatures."""
    if part.get_content_type() in SIGNATURES:
        return ""
    name = decoded_header(part.get_filename()).replace("\\", "/")
    return " ".join(PurePosixPath(name).name.split())[:100]


def _text(part: Mail) -> str:
    return in_charset(_bytes(part), part.get_content_charset())


def _bytes(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def masked(text: str) -> str:
    """Write addresses as archives do, because the public list did not show them to programs."""
    return MASKABLE.sub(r"\1 at \2", text)
