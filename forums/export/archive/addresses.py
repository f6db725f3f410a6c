"""Turns the addresses of the site into relative links between the files of the archive.

An address without a file in the archive becomes a link to the site. Nothing is loaded from it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from html import escape, unescape
from urllib.parse import unquote

from django.conf import settings
from django.core.files.storage import default_storage

from accounts.models import User
from forums.markup import pictures
from forums.markup.names import key
from forums.models import Category, Comment, Topic

ADDRESS = re.compile(r'(?<=\s)(href|src)="([^"]*)"')
SIZES = re.compile(r' (?:srcset|sizes)="[^"]*"')
NUMBERED = re.compile(r"/(comments|t|members)/([1-9][0-9]{0,17})/([^?#]*)")
NAMED = re.compile(r"/(u|c)/([^/?#]+)/(avatar\.svg)?")
Places = Mapping[int, tuple[int, str]]
"""Comments by their ids, each with its topic and its path."""
PAGES = {"/": "index.html", "/rules/": "rules.html"}
DOWN = "../"
"""From each page to the directory of the archive. All pages but the first lie in a directory of it."""


class Addresses:
    """Finds the files of what `viewer` may see. `members` have pages; `starts` are those of `paging`."""

    def __init__(self, viewer, members: set[int], starts: dict[int, list[str]]):
        self.viewer, self.members, self.starts = viewer, members, starts
        self.slugs = {*Category.objects.visible_to(viewer).values_list("slug", flat=True)}
        self._people: dict[str, int] = {}
        self._media = default_storage.url("x").removesuffix("x")

    def page(self, html: str, here: Places) -> str:
        """Return the HTML of a page in a directory of the archive with its addresses translated.

        `here` are the comments on the page. One query for each kind of other address: comments, topics, members.
        """
        html = SIZES.sub("", html)
        found = {unescape(address) for _, address in ADDRESS.findall(html)}
        numbers: dict[str, set[int]] = {"comments": set(), "t": set(), "members": set()}
        for kind, number, _ in filter(None, map(_numbered, found)):
            numbers[kind].add(number)
        names = {
            key(unquote(named[2]))
            for address in found
            if (named := NAMED.fullmatch(address)) and named[1] == "u"
        }
        known = {
            "comments": self._comments(numbers["comments"], here),
            "t": self._topics(numbers["t"]),
            "members": {pk: f"{DOWN}members/{pk}.html" for pk in numbers["members"] & self.members},
        }
        if new := names - self._people.keys():
            self._people |= dict.fromkeys(new, 0) | User.objects.visible_to(self.viewer).ids_of(new)

        def translated(match: re.Match[str]) -> str:
            address = self._file(unescape(match[2]), known)
            if match[1] == "src" and not address.startswith(DOWN):
                address = "data:,"  # nothing is loaded from elsewhere
            return f'{match[1]}="{escape(address)}"'

        return ADDRESS.sub(translated, html)

    def of_topic(self, topic: int, page: int = 0) -> str:
        return f"{DOWN}topics/{topic}{f'-{page + 1}' if page else ''}.html"

    def _file(self, address: str, known) -> str:
        if key_of_picture := pictures.key_of(address.removesuffix(f"{pictures.MOVING}/")):
            moving = "-moving" if pictures.is_moving(address) else ""
            return f"{DOWN}../media/pictures/{key_of_picture}{moving}.webp"
        if self._media and address.startswith(self._media):
            return f"{DOWN}../media/{address.removeprefix(self._media)}"
        if numbered := _numbered(address):
            kind, number, rest = numbered
            if number in known[kind] and (kind == "t" or not rest):
                return known[kind][number]
        elif named := NAMED.fullmatch(address):
            kind, name, picture = named.groups()
            member = self._people.get(key(unquote(name)))
            if kind == "c" and unquote(name) in self.slugs:
                return f"{DOWN}categories/{name}.html"
            if kind == "u" and member in self.members:
                return f"{DOWN}members/{member}.{'svg' if picture else 'html'}"
        elif address in PAGES:
            return DOWN + PAGES[address]
        return f"{settings.SITE_URL}{address}" if address.startswith("/") else address

    def _comments(self, pks: set[int], here: Places) -> dict[int, str]:
        places = {pk: here[pk] for pk in pks & here.keys()}
        if elsewhere := pks - here.keys():
            seen = Comment.objects.visible_to(self.viewer).filter(pk__in=elsewhere)
            places |= {pk: (topic, path) for pk, topic, path in seen.values_list("pk", "topic_id", "path")}
        return {
            pk: f"{self.of_topic(topic, page_of(self.starts.get(topic), path))}#comment-{pk}"
            for pk, (topic, path) in places.items()
        }

    def _topics(self, pks: Iterable[int]) -> dict[int, str]:
        seen = Topic.objects.visible_to(self.viewer).filter(pk__in=pks).values_list("pk", flat=True)
        return {pk: self.of_topic(pk) for pk in (seen if pks else ())}


def page_of(starts: list[str] | None, path: str) -> int:
    """The page, from 0, that shows the comment at `path`. `starts` are the first paths of later pages."""
    return bisect_right(starts, path) if starts else 0


def _numbered(address: str) -> tuple[str, int, str] | None:
    found = NUMBERED.fullmatch(address)
    return (found[1], int(found[2]), found[3]) if found else None
