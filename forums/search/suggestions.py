"""Suggestions while somebody types a query: titles, members, categories and tags that begin with the last word."""

from django.db import OperationalError

from accounts.identity.names import normalise
from accounts.identity.skeleton import skeleton
from accounts.models import User
from config.caching.compiled_queries import Text, compiled
from config.web.semaphores import Busy, semaphore
from forums.listing import categories
from forums.models import Comment
from forums.search import marks, stems, words
from forums.search.filters import Filters
from forums.search.find import PLANNER, indexed, languages_of
from forums.search.query import Query
from forums.tags import seen

SHORTEST = 2
"""Letters from which on titles are suggested."""
TITLES, MEMBERS, OTHERS, TAGS = 5, 5, 3, 10
NEWEST = 50
"""The newest topics with the words that are looked at."""
PERMITS, SECONDS = 2, 0.5


def suggest(user, text: str) -> list[str]:
    """Return titles, and filters for members, categories and tags. At most nine queries; only what `user` may see."""
    said = text.split()
    last = said[-1].lstrip("@") if said else ""
    name = last.rpartition(":")[2]
    if not name:
        return []
    folded = words.fold(name)
    places = [
        f"in:{each.slug}" for each in categories.seen_by(user) if words.fold(each.name).startswith(folded)
    ]
    people = [f"author:{each}" for each in members(name)[:OTHERS]]
    if last.startswith("author:"):
        return [" ".join([*said[:-1], each]) for each in people]
    if last.startswith("in:"):
        return [" ".join([*said[:-1], each]) for each in places[:OTHERS]]
    if last.startswith("tag:"):
        return [" ".join([*said[:-1], each]) for each in _tags(user, name)]
    whole = _titles(user, text) if len(name) >= SHORTEST else []
    others = (*places[:OTHERS], *_tags(user, name), *people)
    return whole + [" ".join([*said[:-1], each]) for each in others]


def _tags(user, name: str) -> list[str]:
    return [f"tag:{each}" for each in seen.starting(user, name, OTHERS)]


def members(beginning: str) -> list[str]:
    """The names of members that begin so, at most MEMBERS. One query."""
    looks = skeleton(beginning)
    found = _members(Text(normalise(beginning).lower()), looks and Text(looks))
    return [member.username for member in found]


@compiled
def _members(beginning, looks):
    return User.objects.called_like(beginning, looks).only("username")[:MEMBERS]


def tags(user, text: str) -> list[str]:
    """Return what the text of a field for several tags may become. Costs what `seen.counted` costs."""
    before, comma, last = text.rpartition(",")
    found = seen.starting(user, last, TAGS) if last.strip() else []
    return [f"{before}{comma} {each}".strip() for each in found]


def _titles(user, text) -> list[str]:
    """Titles of visible topics with these words, the last of which may be incomplete. None if the site is busy."""
    *complete, last = [word.text for word in words.split(text)] or [""]
    if not last:
        return []
    found = []
    for language in languages_of(user):
        known = stems.of(language, [*complete, last])
        parts = [f"'{marks.title(known[word])}'" for word in complete if known[word]]
        ending = [f"'{marks.title(last)}':*", *([f"'{marks.title(known[last])}'"] if known[last] else [])]
        found.append(" & ".join([*parts, f"({' | '.join(ending)})"]))
    filters = Filters(user, Query(), [])
    titled = " & ".join(filter(None, [f"({' | '.join(found)})", filters.marks]))
    try:
        with semaphore("suggest", permits=PERMITS, seconds=SECONDS, **PLANNER):
            readable = Comment.objects.visible_to(user).readable()
            rows = readable.filter(pk__among=indexed(titled, NEWEST), seq=1)
            titles = rows.order_by("-topic__last_comment_at").values_list("topic__title", flat=True)
            return list(dict.fromkeys(titles[:TITLES]))
    except (Busy, OperationalError):
        return []
