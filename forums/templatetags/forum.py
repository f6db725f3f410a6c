"""Filters and tags for the forum's templates."""

from datetime import UTC

from django import template
from django.utils.html import format_html

from forums import markup
from forums.listing import comment_rows, row_html, wording

register = template.Library()


register.filter("moment", wording.moment)
register.filter("name", wording.name)
register.filter("signed", wording.signed)
register.filter("debate_line", wording.debate_line)


@register.simple_tag(takes_context=True)
def topic_rows(context, topics):
    """Render the rows of topics. Their marks are those of the page's user."""
    return row_html.of(topics, context.get("user"))


@register.simple_tag(name="comment_rows")
def rows_of_comments(comments, forgetting):
    """Render the rows of comments, for bookmarks with a button to forget each."""
    return comment_rows.of(comments, forgetting=forgetting)


@register.filter
def appointment(at):
    """Render the date of an appointment in UTC. Scripts show it in the reader's time zone."""
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}Z" data-exact>{}</time>', f"{at:%Y-%m-%dT%H:%M}", f"{at.day} {at:%b %Y, %H:%M} UTC"
    )


@register.filter
def excerpt(html):
    """Return the first sentences of a comment without markup."""
    return markup.excerpt(html)


@register.filter
def author_name(comment):
    """Return the author's name. The author of a removed comment is not named."""
    return "a removed comment" if comment.is_gone else wording.name(comment.author)


@register.filter
def action_words(note):
    """Describe what the author of a comment did, for the member who gets the notification."""
    return _ACTION_WORDS.get(note.kind, "wrote")


_ACTION_WORDS = {
    "replied": "answered you",
    "quoted": "quoted you",
    "mentioned": "mentioned you",
    "topic_opened": "opened this topic",
}
