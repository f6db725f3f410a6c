"""Renders the comments of a page of the archive: the site's own HTML of a comment, without what needs a server."""

import re

from django.utils.safestring import SafeString, mark_safe

from forums.models import Comment
from forums.reading import comment_html, shared_page
from forums.reading.comment_html import Facts
from forums.reading.viewer_state import ViewerState

NEEDS_SERVER = re.compile(r"<button\b[^>]*>.*?</button>|<a class=\"reply\"[^>]*>.*?</a>", re.DOTALL)
"""Texts of comments contain neither: markup allows no buttons and no such classes of links."""
VISITOR = ViewerState()


def render(topic, comments: list[Comment], sides: dict[int, str]) -> tuple[SafeString, SafeString]:
    """Return the opening, if it is among them, and the list of the other comments.

    `comments` are in the order of the tree, loaded by `shared_page.comments_to_render`. A reply is inside what it
    answers, if that is on the page. A loop, because chains of replies can be longer than Python's limit of calls.
    """
    here = {comment.pk for comment in comments}
    below: dict[int | None, list[str]] = {}
    opening = ""
    # What is below a comment comes after it, so it is complete when the comment's turn comes.
    for comment in reversed(comments):
        replies = below.pop(comment.pk, [])
        if comment.is_opening:
            opening, below[None] = _html(topic, comment, sides, ""), [*replies, *below.get(None, [])]
            continue
        nested = f'<ol class="thread">{"".join(replies)}</ol>' if replies else ""
        parent = comment.parent_id if comment.parent_id in here else None
        below.setdefault(parent, []).insert(0, _html(topic, comment, sides, nested))
    return mark_safe(opening), mark_safe("".join(below.get(None, [])))


def _html(topic, comment, sides, replies: str) -> str:
    fragments = comment_html.render(comment, topic)
    row = shared_page.row_of(Facts.of(comment), 0, fragments, sides)
    # The replies have been cleaned already. Doing it again at each level would take quadratic time.
    before, after = comment_html.parts(row, VISITOR, topic.accepted_id)
    return _offline(before) + replies + _offline(after)


def _offline(html: str) -> str:
    html = html.replace('<span class="score">', '<span class="score" title="Up-votes minus down-votes">')
    return NEEDS_SERVER.sub("", html)
