"""The heading of the first page, and the welcome of visitors. An administrator changes both in the admin."""

from dataclasses import dataclass

from config.caching import cache_tags
from forums.models import FrontPage
from forums.models.notifications import mentions


@dataclass(frozen=True)
class Shown:
    heading: str
    welcome: str
    """Safe HTML, maybe empty."""


# The value of the cache tag, and what this process has rendered under it.
_cached: tuple[str, Shown | None] = ("", None)


def shown() -> Shown:
    """Return the words of the first page. One query after a change, at most once a minute; otherwise none."""
    global _cached
    marks = cache_tags.read(cache_tags.CATEGORIES)
    mark, found = _cached
    if marks is None or mark != marks[0] or found is None:
        row = FrontPage.objects.first() or FrontPage()
        found = Shown(row.heading, mentions.render(row.welcome).html if row.welcome.strip() else "")
        _cached = (marks[0] if marks else "", found)
    return found
