"""Creates imported categories, each when the first topic needs it."""

import re
from itertools import count

from django.db.models import Max

from forums.access import permissions
from forums.importers.records.records import CategoryRecord
from forums.importers.records.report import Report
from forums.importers.writing.old_addresses import OldAddresses
from forums.models import Category, OldAddress, Origin, Tag
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
        self._gone: set[str] = set()

    def of(self, record: CategoryRecord) -> Category:
        """Return the category. Few queries the first time. Call it inside the transaction that needs the category."""
        if record.source not in self._found:
            known = self._known(record)
            parent = self._found.get(record.parent or "")
            category = _named(known, record) if known else _make(record, parent)
            Origin.objects.get_or_create(source=record.source, defaults={"category": category})
            self._old_addresses.store("category", [(key, category.pk) for key in record.addresses])
            self._note(record, category, is_new=known is None)
        return self._found[record.source]

    def complete(self, record: CategoryRecord) -> None:
        """Give a category of an earlier import the name and the addresses that it lacks. Creates none."""
        if record.source not in self._found and record.source not in self._gone:
            if self._known(record):
                self.of(record)
            else:
                self._gone.add(record.source)

    def foresee(self, record: CategoryRecord, *, is_needed: bool = True) -> None:
        """Count the category as `of` would, or as `complete` if no topic needs it. Creates nothing."""
        if record.source not in self._found:
            is_known = self._known(record) is not None
            if is_known or is_needed:
                self._note(record, None, is_new=not is_known)

    def _known(self, record: CategoryRecord) -> Category | None:
        """Return the category of an earlier import, maybe of files in another directory. At most two queries."""
        origin = Origin.objects.filter(source=record.source).select_related("category").first()
        if origin or not record.addresses or not self._old_addresses.host:
            return origin and origin.category
        stored = OldAddress.objects.filter(host=self._old_addresses.host, key__in=record.addresses)
        old = stored.filter(category__isnull=False).select_related("category").first()
        return old and old.category

    def _note(self, record, category, *, is_new):
        self._found[record.source] = category
        self._report.read[KIND] += 1
        (self._report.added if is_new else self._report.present)[KIND] += 1


def _make(record: CategoryRecord, parent: Category | None) -> Category:
    last = Category.objects.aggregate(last=Max("position"))["last"] or 0
    colours = Category.Colour.values
    return Category.objects.create(
        parent=parent,
        name=record.name[:LONGEST],
        slug=_free_slug(record.slug or record.name),
        description=record.description[:LONGEST_DESCRIPTION],
        position=last + 1 if record.position is None else record.position,
        see_groups=[permissions.EVERY_MEMBER] if record.is_for_members else [],
        colour=record.colour or colours[(last + 1) % len(colours)],
        listed_tags=Tag.objects.ensure(record.listed_tags),
        **record.rules,
    )


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
