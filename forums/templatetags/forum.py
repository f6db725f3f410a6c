"""What the forum's templates say in one word."""

from datetime import UTC

from django import template
from django.utils.html import format_html

from forums import markup, topic_rows, wording

register = template.Library()


register.filter("moment", wording.moment)
register.filter("name", wording.name)
register.simple_tag(topic_rows.of, name="topic_rows")


@register.filter
def appointment(at):
    """A point in time to be there; scripts say it by the reader's own clock."""
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z" data-exact>{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M} UTC"
    )


@register.filter
def excerpt(html):
    """A sentence or two of a comment without its markup."""
    return markup.excerpt(html)


@register.filter
def writer(comment):
    """Who wrote it, as far as everybody may know: whoever wrote what has been taken away is not named."""
    return "what is gone" if comment.is_gone else wording.name(comment.author)


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
