"""Creates imported categories, each when the first topic needs it."""

import re
from itertools import count

from django.db.models import Max

from forums.access import permissions
from forums.importers.records.records import CategoryRecord
from forums.importers.records.report import Report
from forums.importers.writing.old_addresses import OldAddresses
from forums.models import Category, Origin
from forums.models.discussion.slugs import readable

KIND = "categories"
UNNAMED = re.compile(r"Category [0-9]+")
LONGEST = 60
"""Characters of a category's name and slug."""
LONGEST_DESCRIPTION = 300


class Categories:
    """Finds or creates the category of each `CategoryRecord`. Changes that an operator has made since are kept."""

    def __init__(self, report: Report, old_addresses: OldAddresses):
        self._report, self._old_addresses = report, old_addresses
        self._found: dict[str, Category | None] = {}

    def of(self, record: CategoryRecord) -> Category:
        """Return the category. Two queries the first time. Call it inside the transaction that needs the category."""
        if record.source not in self._found:
            origin = Origin.objects.filter(source=record.source).select_related("category").first()
            parent = self._found.get(record.parent or "")
            category = _named(origin.category, record) if origin else _make(record, parent)
            self._old_addresses.store("category", [(key, category.pk) for key in record.addresses])
            self._note(record, category, is_new=origin is None)
        return self._found[record.source]

    def foresee(self, record: CategoryRecord) -> None:
        """Count the category as `of` would, and create nothing."""
        if record.source not in self._found:
            is_new = not Origin.objects.filter(source=record.source).exists()
            self._note(record, None, is_new=is_new)

    def _note(self, record, category, *, is_new):
        self._found[record.source] = category
        self._report.read[KIND] += 1
        (self._report.added if is_new else self._report.present)[KIND] += 1


def _make(record: CategoryRecord, parent: Category | None) -> Category:
    last = Category.objects.aggregate(last=Max("position"))["last"] or 0
    colours = Category.Colour.values
    category = Category.objects.create(
        parent=parent,
        name=record.name[:LONGEST],
        slug=_free_slug(record.slug or record.name),
        description=record.description[:LONGEST_DESCRIPTION],
        position=last + 1 if record.position is None else record.position,
        see_groups=[permissions.EVERY_MEMBER] if record.is_for_members else [],
        colour=record.colour or colours[(last + 1) % len(colours)],
    )
    Origin.objects.create(source=record.source, category=category)
    return category


def _named(category: Category, record: CategoryRecord) -> Category:
    """Give a name to a category that an earlier import knew only by its number."""
    if UNNAMED.fullmatch(category.name) and not UNNAMED.fullmatch(record.name):
        category.name, category.slug = record.name[:LONGEST], _free_slug(record.name)
        category.save(update_fields=["name", "slug"])
    return category


def _free_slug(name: str) -> str:
    wish = readable(name)[: LONGEST - 5].strip("-") or "category"
    taken = set(Category.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := wish if n == 1 else f"{wish}-{n}") not in taken)
