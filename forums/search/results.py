"""Results for a page: texts by topic, and how many results each filter would leave."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from accounts.models import User
from config.caching.compiled_queries import compiled
from forums.listing import categories
from forums.models import Comment, Topic
from forums.search import index
from forums.search.find import Found, Match
from forums.search.snippets import Marker

TOPICS, OF_TOPIC = 10, 3
"""The topics on a page of results, and the comments of each."""
_SHOWN = (
    "body_html", "created_at", "topic__title", "topic__slug", "topic__tags", "topic__category__name",
    "topic__category__slug", "topic__category__colour", "author__username", "author__avatar", "author__deleted_at",
)  # fmt: skip
COUNTED = 6
"""Values of a filter that are shown with their counts."""


@dataclass
class Shown:
    """A topic among the results, with its best comments."""

    topic: Topic
    comments: list[Comment]
    number: int
    """Of all its comments that were found."""
    title: SafeString
    panel: SafeString
    """The part of its polls in which words were found."""

    @property
    def further(self) -> int:
        return self.number - len(self.comments)


class Count(NamedTuple):
    """A value of a filter, how many of the results have it, and the address of these."""

    label: str
    number: int
    address: str


def load(grouped: list[list[Match]], marker: Marker) -> list[Shown]:
    """Load the first comments of each topic, with a `snippet` in which the words are marked.

    One query, and two for the polls among them.
    """
    first = tuple(match.pk for matches in grouped for match in matches[:OF_TOPIC])
    loaded = {comment.pk: comment for comment in _comments(first)}
    for comment in loaded.values():
        comment.snippet = marker.snippet(comment.body_html)
    panels = index.texts_of(
        [matches[0].topic for matches in grouped if any(each.has_poll for each in matches)]
    )
    found = []
    for matches in grouped:
        if own := [loaded[match.pk] for match in matches[:OF_TOPIC] if match.pk in loaded]:
            topic = own[0].topic
            panel = marker.part(panels.get(topic.pk, ""))
            found.append(
                Shown(
                    topic,
                    own,
                    len(matches),
                    marker.mark(topic.title),
                    panel if "<mark>" in panel else panel[:0],
                )
            )
    return found


@compiled
def _comments(pks):
    return Comment.objects.select_related("topic__category", "author").only(*_SHOWN).filter(pk__among=pks)


@compiled
def _authors(pks):
    return User.objects.filter(pk__among=pks, deleted_at=None).only("username")


def address(text: str, page: int = 1) -> str:
    """The address of the results of a query."""
    return "?" + urlencode({"q": text} | ({"page": page} if page > 1 else {}))


def counts(user, found: Found, text: str) -> list[tuple[str, list[Count]]]:
    """How many of the results have each value of the filters. One query.

    A filter is left out if all results have the same value.
    """
    by_category = Counter(match.category for match in found.matches)
    by_tag = Counter(name for match in found.matches for name in match.tags)
    by_author = Counter(match.author for match in found.matches if match.author)
    by_year = Counter(match.at.year for match in found.matches)
    has = Counter(
        name for match in found.matches for name in ("picture", "poll") if getattr(match, f"has_{name}")
    )
    seen = {category.pk: category for category in categories.seen_by(user)}
    authors = _authors(tuple(pk for pk, _ in by_author.most_common(COUNTED)))
    places = {pk: (seen[pk].name, f"in:{seen[pk].slug}") for pk in by_category if pk in seen}
    people = {author.pk: (author.username, f"author:{author.username}") for author in authors}
    tags = {name: (name, f"tag:{name}") for name in by_tag}
    years = {year: (str(year), f"after:{year} before:{year + 1}") for year in by_year}
    things = {name: (f"a {name}", f"has:{name}") for name in has}
    sections = [
        ("Category", by_category, places), ("Tag", by_tag, tags), ("Author", by_author, people),
        ("Year", by_year, years), ("With", has, things),
    ]  # fmt: skip
    listed = [(name, _counted(counter, labels, text, found)) for name, counter, labels in sections]
    return [(name, values) for name, values in listed if values]


def _counted(counter, labels, text, found) -> list[Count]:
    common = [(pk, number) for pk, number in counter.most_common(COUNTED) if pk in labels]
    if len(common) == 1 and common[0][1] == len(found.matches):
        return []
    return [Count(labels[pk][0], number, address(f"{text} {labels[pk][1]}")) for pk, number in common]
