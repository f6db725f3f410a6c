"""Creates imported categories, each when the first topic needs it."""

from itertools import count

from django.db.models import Max

from forums.importers.records.records import CategoryRecord
from forums.importers.records.report import Report
from forums.models import Category, Origin
from forums.models.discussion.slugs import readable

KIND = "categories"
LONGEST = 60
"""Characters of a category's name and slug."""
LONGEST_DESCRIPTION = 300


class Categories:
    """Finds or creates the category of each `CategoryRecord`. Changes that an operator has made since are kept."""

    def __init__(self, report: Report):
        self._report = report
        self._found = {}

    def of(self, record: CategoryRecord) -> Category:
        """Return the category. Two queries the first time. Call it inside the transaction that needs the category."""
        if record.source not in self._found:
            origin = Origin.objects.filter(source=record.source).select_related("category").first()
            parent = self._found.get(record.parent)
            self._found[record.source] = origin.category if origin else _make(record, parent)
            self._report.read[KIND] += 1
            (self._report.present if origin else self._report.added)[KIND] += 1
        return self._found[record.source]


def _make(record: CategoryRecord, parent: Category | None) -> Category:
    last = Category.objects.aggregate(last=Max("position"))["last"] or 0
    colours = Category.Colour.values
    category = Category.objects.create(
        parent=parent,
        name=record.name[:LONGEST],
        slug=_free_slug(record.slug or record.name),
        description=record.description[:LONGEST_DESCRIPTION],
        position=last + 1 if record.position is None else record.position,
        colour=record.colour or colours[(last + 1) % len(colours)],
    )
    Origin.objects.create(source=record.source, category=category)
    return category


def _free_slug(name: str) -> str:
    wish = readable(name)[: LONGEST - 5].strip("-") or "category"
    taken = set(Category.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := wish if n == 1 else f"{wish}-{n}") not in taken)
