"""The tags that exist for a viewer: those of topics that they may see, and those that a category of theirs lists.

A tag that only topics in other categories have is missing everywhere, as if nobody had made it.
"""

from collections import Counter

from django.db.models import Count, F, Func

from config.caching import cache_tags
from config.caching.evictable import cache
from forums.listing import categories
from forums.models import Tag, Topic
from forums.models.community.tag import name_of

CACHED_FOR = 60
"""Seconds. Counting reads all topics."""
MOST_USED = 2_000
"""Pairs of a tag and a category that are counted: those with the most topics."""


def counted(user) -> dict[str, int]:
    """Map the tags that `user` may see to their numbers of topics, the most used first. Hidden topics do not count.

    The least used of many thousand tags are missing. One query at most once a minute, or after a topic was hidden,
    deleted, moved or tagged anew; so no tag stays that only such a topic has.
    """
    seen = categories.seen_by(user)
    own = {category.pk for category in seen}
    found: Counter[str] = Counter()
    for name, category_id, topics in _by_category():
        if category_id in own:
            found[name] += topics
    for category in seen:
        for name in category.listed_tags:
            found.setdefault(name, 0)
    return dict(found.most_common())


def starting(user, text: str, most: int) -> list[str]:
    """The most used tags that `user` may see and that begin as `text` is written. Costs what `counted` costs."""
    beginning = "-".join(text.lower().split())
    return [name for name in counted(user) if name.startswith(beginning)][:most]


def find(user, text: str) -> Tag | None:
    """Return the tag that is written as `text`, or the one that this is a synonym of. None if `user` does not see it.

    Two queries at most.
    """
    try:
        name = name_of(text)
    except ValueError:
        return None
    tag = Tag.objects.select_related("synonym_of").filter(name=name).first()
    tag = tag and (tag.synonym_of or tag)
    return tag if tag and is_seen(user, tag.name) else None


def is_seen(user, name: str) -> bool:
    """Whether the tag of this name exists for `user`. One query if it is not among the most used."""
    return name in counted(user) or Topic.objects.visible_to(user).tagged(name).exists()


def _by_category() -> list[tuple[str, int, int]]:
    values = cache_tags.read(cache_tags.TAGS)
    key = f"tags by category:{values and values[0]}"
    rows = cache.get(key) if values else None
    if rows is None:
        shown = Topic.objects.filter(hidden_at=None, deleted_at=None).order_by()
        named = shown.annotate(name=Func(F("tags"), function="unnest")).values_list("name", "category")
        rows = list(named.annotate(topics=Count("pk")).order_by("-topics", "name")[:MOST_USED])
        cache.set(key, rows, CACHED_FOR)
    return rows
