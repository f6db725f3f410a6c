"""What the forum's templates say in one word."""

from datetime import UTC

from django import template
from django.utils.html import format_html

from forums import markup, topic_rows

register = template.Library()


@register.filter
def moment(at):
    """A point in time, exact for machines and in UTC for readers; scripts turn it into "5 h ago" where they run.

    The same for every viewer and at every hour, because it stands in cached pieces.
    """
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z">{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M}"
    )


@register.filter
def appointment(at):
    """A point in time to be there; scripts say it by the reader's own clock."""
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z" data-exact>{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M} UTC"
    )


register.simple_tag(topic_rows.of, name="topic_rows")


@register.filter
def excerpt(html):
    """A sentence or two of a comment without its markup."""
    return markup.excerpt(html)


@register.filter
def writer(comment):
    """Who wrote it, as far as everybody may know: whoever wrote what has been taken away is not named."""
    return "what is gone" if comment.is_gone else name(comment.author)


@register.filter
def name(member):
    """What a member is called; accounts that are gone have no name any more."""
    return "deleted member" if member is None or member.deleted_at else member.username


@register.filter
def longer_excerpt(html):
    """For mail: as much as most comments are."""
    return markup.excerpt(html, 1_000)


@register.filter
def deed(note):
    """What the author of a comment has done, as the member who is told of it sees it."""
    return _DEEDS.get(note.kind, "wrote")


_DEEDS = {
    "replied": "answered you",
    "quoted": "quoted you",
    "mentioned": "mentioned you",
    "topic_opened": "opened this topic",
}
