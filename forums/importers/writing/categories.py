"""Creates imported categories, each when the first topic needs it."""

from itertools import count

from django.db.models import Max
from django.utils.text import slugify

from forums.importers.records.records import Room
from forums.importers.records.report import Report
from forums.models import Category, Origin

KIND = "categories"
LONGEST = 60
"""Characters of a category's name and slug."""


class Categories:
    """Finds or creates the category of each `Room`. Changes that an operator has made since are kept."""

    def __init__(self, report: Report):
        self._report = report
        self._found = {}

    def of(self, room: Room) -> Category:
        """Return the category. Two queries the first time. Call it inside the transaction that needs the category."""
        if room.source not in self._found:
            origin = Origin.objects.filter(source=room.source).select_related("category").first()
            self._found[room.source] = origin.category if origin else _make(room)
            self._report.read[KIND] += 1
            (self._report.there if origin else self._report.added)[KIND] += 1
        return self._found[room.source]


def _make(room: Room) -> Category:
    last = Category.objects.aggregate(last=Max("position"))["last"] or 0
    colours = Category.Colour.values
    category = Category.objects.create(
        name=room.name[:LONGEST],
        slug=_free_slug(room.name),
        position=last + 1,
        colour=colours[(last + 1) % len(colours)],
    )
    Origin.objects.create(source=room.source, category=category)
    return category


def _free_slug(name: str) -> str:
    wish = slugify(name)[: LONGEST - 5].strip("-") or "category"
    taken = set(Category.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := wish if n == 1 else f"{wish}-{n}") not in taken)
