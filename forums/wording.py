"""How pages say what they say in many places."""

from datetime import UTC, datetime
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(4096)
def moment(at: datetime) -> SafeString:
    """A point in time, exact for machines and in UTC for readers; scripts turn it into "5 h ago" where they run.

    The same for every viewer and at every hour, because it stands in cached pieces.
    """
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z">{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M}"
    )


def name(member) -> str:
    """What a member is called; accounts that are gone have no name any more."""
    return "deleted member" if member is None or member.deleted_at else member.username
