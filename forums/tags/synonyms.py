"""Replaces synonyms in topics that got them before they became synonyms, and after a tag was renamed."""

from django.db import transaction

from forums.models import Category, Tag, Topic

BATCH = 100
"""Topics in one transaction."""


def replace() -> None:
    """Give topics and lists of categories the tags that synonyms stand for. Safe to run twice."""
    meant = dict(Tag.objects.filter(synonym_of__isnull=False).values_list("name", "synonym_of__name"))
    for name, tag in meant.items():
        while _replace_in_some(name, tag):
            pass
    for category in Category.objects.filter(listed_tags__overlap=list(meant)):
        category.listed_tags = _without_synonyms(category.listed_tags, meant)
        category.save(update_fields=["listed_tags"])


@transaction.atomic
def _replace_in_some(name: str, meant: str) -> bool:
    """Change some topics. Returns whether there may be more."""
    topics = Topic.objects.select_for_update(no_key=True).tagged(name).order_by("pk")[:BATCH]
    for topic in topics:
        topic.bump_version(tags=_without_synonyms(topic.tags, {name: meant}))
    return len(topics) == BATCH


def _without_synonyms(names: list[str], meant: dict[str, str]) -> list[str]:
    return sorted({meant.get(name, name) for name in names})
