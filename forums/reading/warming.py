"""Warms the cache after a deployment, or after the Redis for cached pages was lost."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from config.caching import warming
from config.caching.evictable import cache
from forums.listing import categories
from forums.models import Topic
from forums.reading.comment_html import TEMPLATE_HASH

TOP = 200
"""The topics that were active last, and so are read most."""


def warm(top: int = TOP) -> warming.Visits:
    """Visit the first page, the categories, and the `top` topics that were active last."""
    visitor = AnonymousUser()
    lists = [
        reverse("topic-list"),
        *(category.get_absolute_url() for category in categories.seen_by(visitor)),
    ]
    topics = Topic.objects.visible_to(visitor).order_by("-last_comment_at")[:top]
    return warming.visit([*lists, *(topic.get_absolute_url() for topic in topics)])


def warm_if_cold() -> bool:
    """Warm the cache unless that was done for this version of the templates. Returns whether it was cold."""
    if not cache.add(f"warm:{TEMPLATE_HASH}", 1, None):
        return False
    warm()
    return True
