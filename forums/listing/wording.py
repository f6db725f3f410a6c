"""Words that many pages share: dates and names."""

from datetime import UTC, datetime
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(4096)
def moment(at: datetime) -> SafeString:
    """Render a date in the past as a <time> element, in UTC. Scripts replace it by a text such as "5 h ago".

    Cached HTML contains it, so it must not depend on the viewer or the present time.
    """
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z">{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M} UTC"
    )


def signed(number: int) -> str:
    """Return a whole number with a minus sign instead of a hyphen."""
    return f"{number}".replace("-", "\u2212")


def name(member) -> str:
    """Return the name of a member, or "deleted member" for a deleted account."""
    return "deleted member" if member is None or member.deleted_at else member.username
