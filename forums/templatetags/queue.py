"""The number of open cases, for the menu of moderators."""

from django import template

from config.caching.evictable import cache
from forums.listing import categories
from forums.moderation.queue import pages

CACHED_FOR = 30
"""Seconds for which the count of a moderator is cached."""
register = template.Library()


@register.simple_tag(takes_context=True)
def pending_cases(context) -> str:
    """Return the number of open cases, up to "99+". Empty, and without a query, for users who moderate nothing."""
    user = context.get("user")
    if user is None or not categories.moderates_any(user):
        return ""
    count = cache.get_or_set(f"cases:{user.pk}", lambda: pages.count_pending(user), CACHED_FOR)
    return "99+" if count > 99 else str(count)
