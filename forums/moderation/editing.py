"""Changing the text of others, visibly and with a reason."""

from django.db import transaction

from forums.models import Action
from forums.models.action import NotDone
from forums.models.comment import NotPosted
from forums.moderation import log


@transaction.atomic
def edit(comment, *, by, body, title=None, rule=None, reason="", case=None, undoes=None) -> Action | None:
    """Replace the text, and the topic's title where the comment opens it. What it was stays in the history."""
    log.ask(by, "comment_edited", comment.topic.category)
    comment.look_again()
    comment.refresh_from_db(fields=["body"])
    facts, rewritten = {}, body != comment.body
    if title and title != comment.topic.title:
        facts |= {"title": comment.topic.title, "to": title}
    if not facts and not rewritten:
        return None
    try:
        comment.edit(by=by, body=body, title=title)
    except NotPosted as refused:
        raise NotDone(str(refused)) from None
    if rewritten:
        facts["revision"] = _newest(comment)
    return log.record(
        "comment_edited",
        by=by,
        comment=comment,
        rule=rule,
        reason=reason,
        facts=facts,
        case=case,
        undoes=undoes,
    )


def back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Bring back what an edit replaced, if nobody has written something else since."""
    comment, facts = action.comment, action.facts
    body, title = comment.body, None
    if "revision" in facts:
        body = _text_before(comment, facts["revision"])
    if "title" in facts:
        if comment.topic.title != facts["to"]:
            raise NotDone("The topic has been given another title since.")
        title = facts["title"]
    return edit(comment, by=by, body=body, title=title, reason=reason, undoes=undoes)


def _text_before(comment, revision):
    """What an edit replaced. The text is to be the one it made: what the next edit has kept, or the present one."""
    kept = comment.revisions.filter(pk=revision).first()
    following = comment.revisions.filter(pk__gt=revision).first()
    if kept is None or comment.body != (following.body if following else comment.body):
        raise NotDone("The text has been changed or deleted since, so the old one cannot be brought back.")
    return kept.body


def _newest(comment):
    return comment.revisions.order_by("-pk").values_list("pk", flat=True).first()
