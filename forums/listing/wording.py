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


def by_side(comment) -> str:
    """Say how the two sides of a debate voted on a comment; "" while either has few votes."""
    if not comment.has_votes_of_both_sides:
        return ""
    is_valued = comment.for_ups > comment.for_downs and comment.against_ups > comment.against_downs
    numbers = (
        f"{comment.for_ups} of {comment.for_ups + comment.for_downs} for, "
        f"{comment.against_ups} of {comment.against_ups + comment.against_downs} against"
    )
    return f"{'valued by both' if is_valued else 'up-votes by side'}: {numbers}"


def debate_line(comment) -> SafeString:
    """Render what a debate has shown about a comment: the votes by side, and how many it moved; "" for nothing."""
    votes, moved = by_side(comment), ""
    if comment.persuaded >= comment.SHOWN_FROM:
        moved = format_html('<a href="/comments/{}/moved/">moved {}</a>', comment.pk, comment.persuaded)
    if not (votes or moved):
        return SafeString()
    between = " · " if votes and moved else ""
    return format_html('<p class="help by-side">{}{}{}</p>', votes, between, moved)


def name(member) -> str:
    """Return the name of a member, or "deleted member" for a deleted account."""
    return "deleted member" if member is None or member.deleted_at else member.username
