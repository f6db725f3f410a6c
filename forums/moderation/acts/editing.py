"""Editing the text of other members, visibly and with a reason."""

from django.db import transaction

from forums.access.refusal import Refused
from forums.models import Action, Case
from forums.models.moderation.action import NotDone, Overtaken
from forums.moderation.acts import comments, log, topics


@transaction.atomic
def edit(
    comment, *, by, body, title=None, tags=None, rule=None, reason="", case=None, undoes=None
) -> Action | None:
    """Replace the text, and with an opening the topic's title and tags. The old text stays in the public history.

    Closes the open cases about the comment, and about the topic that it opens. Raises `NotDone` while another
    moderator has claimed one of them.
    """
    log.check_permission(by, "comment_edited", comment.topic.category)
    comment.lock_and_refresh()
    comment.refresh_from_db(fields=["body"])
    facts, rewritten = {}, body != comment.body
    if title and title != comment.topic.title:
        facts |= {"title": comment.topic.title, "to": title}
    if tags is not None and tags != comment.topic.tags:
        facts |= {"tags": comment.topic.tags, "tags_to": tags}
    if not facts and not rewritten:
        return None
    cases = _open_cases(comment)
    _claim(cases, by)
    try:
        comment.edit(by=by, body=body, title=title, tags=tags)
    except Refused as refused:
        raise NotDone(str(refused)) from None
    if rewritten:
        facts["revision"] = _newest(comment)
    action = log.record(
        "comment_edited",
        by=by,
        comment=comment,
        rule=rule,
        reason=reason,
        facts=facts,
        case=case,
        undoes=undoes,
    )
    cases.close(action)
    comments.show_again(comment, by=by)
    if comment.is_opening:
        topics.show_again(comment.topic, by=by)
    return action


def _open_cases(comment):
    about = Case.objects.about(comment)
    return (about | Case.objects.about(comment.topic) if comment.is_opening else about).pending()


def _claim(cases, by):
    for case in cases.order_by("pk"):
        if not case.claim(by):
            raise NotDone(case.claim_refusal)


def back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Restore the text, title and tags that an edit replaced. Raises `Overtaken` if they have been changed since."""
    comment, facts = action.comment, action.facts
    body, title, tags = comment.body, None, None
    if "revision" in facts:
        body = _text_before(comment, facts["revision"])
    if "title" in facts:
        if comment.topic.title != facts["to"]:
            raise Overtaken("The topic has been given another title since.")
        title = facts["title"]
    if "tags" in facts:
        if comment.topic.tags != facts["tags_to"]:
            raise Overtaken("The topic has been given other tags since.")
        tags = facts["tags"]
    return edit(comment, by=by, body=body, title=title, tags=tags, reason=reason, undoes=undoes)


def _text_before(comment, revision):
    """The text that an edit replaced. Raises `Overtaken` unless the present text is still the one that it wrote."""
    kept = comment.revisions.filter(pk=revision).first()
    following = comment.revisions.filter(pk__gt=revision).first()
    if kept is None or comment.body != (following.body if following else comment.body):
        raise Overtaken("The text has been changed or deleted since, so the old one cannot be brought back.")
    return kept.body


def _newest(comment):
    return comment.revisions.order_by("-pk").values_list("pk", flat=True).first()
