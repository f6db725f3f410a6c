"""Counts and draws the figures on the admin's first page, for moderators.

Imports `access`; start with `panels` below, then `figures` (counts) and `charts` (drawings).
"""

from django.http import HttpRequest

from forums.access import permissions
from forums.dashboard import charts, figures


def panels(request: HttpRequest) -> list[dict]:
    """Return titles and pictures, or nothing for staff who do not moderate. Six queries."""
    if not permissions.is_moderator(request.user):
        return []
    ages, reported = figures.open_cases(), figures.most_reported()
    drawn = [
        ("Open cases by age", charts.bars(ages, "open-cases", "Open cases by age"), "/moderation/"),
        ("Most reported members", charts.bars(reported, "reported", "Reports in a month, by member"), ""),
    ]
    for name, title in figures.TITLES.items():
        drawn.append((title, charts.columns(figures.by_day(name), name, title), ""))
    return [{"title": title, "picture": picture, "address": address} for title, picture, address in drawn]
