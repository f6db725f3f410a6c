"""How many cases wait for the moderator who looks at any page."""

from django import template
from django.core.cache import cache

from forums import categories
from forums.queue import pages

FRESH = 30
"""Seconds for which a moderator's count is not asked for again."""
register = template.Library()


@register.simple_tag(takes_context=True)
def cases_waiting(context) -> str:
    """The number, up to "99+"; empty for those who moderate nothing, who pay nothing for it."""
    user = context.get("user")
    if user is None or not categories.moderates_any(user):
        return ""
    count = cache.get_or_set(f"cases:{user.pk}", lambda: pages.waiting(user), FRESH)
    return "99+" if count > 99 else str(count)
