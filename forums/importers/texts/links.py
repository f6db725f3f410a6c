"""Turns links to pages of the old forum into links to pages here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from forums.importers.records.records import Post
from forums.models import OldAddress
from forums.old_addresses import keys

IN_HTML = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)"')
IN_MARKDOWN = re.compile(
    r"(\]\()(https?://[^\s()<>]+)(?=\))|(?<![\w(<\[])(https?://[^\s<>()\[\]]+[^\s<>()\[\].,;:!?'\"])"
)
QUOTED = re.compile(r' data-source="([^"]*)"')
TARGET = re.compile(r' data-target="([^"]*)"')


class Links:
    """The pages here by the keys of the old forum's addresses."""

    def __init__(self, base: str | None):
        self.base, self.host = base, keys.host_of(base)
        self._pages: dict[str, str] = {}
        self._missing: set[str] = set()

    def add(self, pages: Iterable[tuple[str, str]]) -> None:
        """Add pairs of a key and the path of its page."""
        self._pages.update(pages)

    def rewrite(self, posts: list[Post], pks: Mapping[str, int]) -> None:
        """Change the links in the texts of these posts. One query if they have links to pages of earlier imports.

        The new address is added to an `<a>` as `data-page`, because `markup.sanitise` completes addresses without a
        host. `pks` are those of comments by source, for quotes.
        """
        linking = [post for post in posts if self._may_link(post)] if self.host else []
        self._look_up(
            {key for post in linking for address in _addresses(post) for key in self._keys(address)}
        )
        for post in linking:
            pattern, change = (IN_HTML, self._in_html) if post.is_html else (IN_MARKDOWN, self._in_markdown)
            post.text = pattern.sub(change, post.text)
        for post in posts:
            if post.is_html and "data-target" in post.text:
                post.text = TARGET.sub(lambda link: _as_page(pks.get(unescape(link[1]))), post.text)
            if "data-source" in post.text:
                post.text = QUOTED.sub(lambda quoted: _as_comment(pks.get(unescape(quoted[1]))), post.text)

    def _may_link(self, post: Post) -> bool:
        if post.markdown is not None:  # from an export of this software
            return False
        return self.host in post.text or (post.is_html and 'href="/' in post.text)

    def _keys(self, address: str) -> list[str]:
        """Return the keys of an address of the old forum; none for other addresses."""
        try:
            parts = urlsplit(urljoin(self.base or "", unescape(address)))
        except ValueError:
            return []
        if keys.host_of(parts.geturl()) != self.host:
            return []
        return keys.read(parts.path, parts.query, parts.fragment)

    def _look_up(self, wanted: set[str]) -> None:
        """Find pages that an earlier import has brought."""
        if new := wanted - self._pages.keys() - self._missing:
            found = OldAddress.objects.filter(host=self.host, key__in=new, comment__isnull=False)
            self.add((key, page_of_comment(pk)) for key, pk in found.values_list("key", "comment_id"))
            self._missing |= new - self._pages.keys()

    def _page(self, address: str) -> str | None:
        return next((self._pages[key] for key in self._keys(address) if key in self._pages), None)

    def _in_html(self, link: re.Match) -> str:
        page = self._page(link[2])
        return f'{link[0]} data-page="{escape(page)}"' if page else link[0]

    def _in_markdown(self, link: re.Match) -> str:
        page = self._page(link[2] or link[3])
        if not page:
            return link[0]
        return f"{link[1]}{page}" if link[2] else f"[{link[3]}]({page})"


def page_of_comment(pk: int) -> str:
    return f"/comments/{pk}/"


def _addresses(post: Post) -> Iterator[str]:
    pattern = IN_HTML if post.is_html else IN_MARKDOWN
    for link in pattern.finditer(post.text):
        yield link[2] if post.is_html else link[2] or link[3]


def _as_page(pk: int | None) -> str:
    return f' data-page="{page_of_comment(pk)}"' if pk else ""


def _as_comment(pk: int | None) -> str:
    return f' data-comment="{pk}"' if pk else ""
