"""Makes the part of a record about its topic: comments with their earlier texts, and the public log of moderation.

The title is not in it, because moderators may change titles.
"""

from collections import defaultdict

from forums.export.data.records import moment
from forums.models import Action, Comment, Revision, Topic
from forums.records.sealing import Sealing

COMMENTS = 10_000
"""Comments in a record, the first of the topic."""
ACTS = 1_000
"""Acts of moderation in a record, the first on the topic."""
ROWS = 500
"""Comments that are read at once."""


def discussion(topic: Topic, sealing: Sealing) -> dict:
    """The topic. Two queries for each `ROWS` comments, and two more."""
    shown = Comment.objects.filter(topic=topic).on_pages()
    return {
        "number": topic.pk,
        "comments_in_all": shown.count(),
        "comments": list(_comments(shown, sealing)),
        "moderation": [_act(action, sealing) for action in _actions(topic)],
    }


def _comments(shown, sealing):
    rows = shown.select_related("author", "parent").order_by("seq").defer("body_html", "path")
    rows, left, last = rows.defer("parent__body", "parent__body_html"), COMMENTS, 0
    while some := list(rows.filter(seq__gt=last)[: min(ROWS, left)]) if left else []:
        earlier = _revisions(some, sealing)
        for row in some:
            yield _comment(row, earlier[row.pk], sealing)
        left, last = left - len(some), some[-1].seq


def _revisions(comments, sealing):
    """The earlier texts of each comment. They are sealed one by one, because they may be many and long."""
    authors = {comment.pk: comment.author_id for comment in comments}
    found = defaultdict(list)
    for old in Revision.objects.filter(comment__in=comments).order_by("comment", "pk").iterator(ROWS):
        author = authors[old.comment_id]
        found[old.comment_id].append(
            {
                "text": sealing.text(old.body, comment_id=old.comment_id),
                "written_at": moment(old.written_at),
                "replaced_at": moment(old.replaced_at),
                "by_author": author is not None and old.replaced_by_id == author,
            }
        )
    return found


def _comment(row, revisions, sealing):
    author = row.author
    # Not the name that stands for the author elsewhere: it would say who wrote a comment that is hidden later.
    is_named = author is not None and not author.is_deleted
    name = sealing.text(author.username, comment=row, member=author) if is_named else None
    return {
        "number": row.pk,
        "seq": row.seq,
        "parent": row.parent and row.parent.seq,
        "state": "deleted" if row.is_deleted else "hidden" if row.is_hidden else "shown",
        "created_at": moment(row.created_at),
        "edited_at": moment(row.edited_at),
        "author": name,
        "text": sealing.text(row.body, comment=row),
        "revisions": revisions,
    }


def _actions(topic):
    return Action.objects.filter(topic=topic).select_related("rule", "undoing").order_by("pk")[:ACTS]


def _act(action, sealing):
    return {
        "number": action.pk,
        "at": moment(action.at),
        "act": action.verb,
        "says": action.says,
        "role": action.get_role_display(),
        "comment": action.comment_id,
        "rule": action.rule and action.rule.title,
        "reason": sealing.text(action.reason),
        "until": moment(action.until),
        "undone_by": action.undoing.pk if action.is_undone else None,
    }
