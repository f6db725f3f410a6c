"""Where members' texts come in: each is looked at before it becomes a comment, and some wait for a moderator.

Importers, the demo and moderators' own tools use the verbs of `Topic` and `Comment` directly.
"""

from contextlib import nullcontext

from django.db import transaction

from forums import filters, newcomers, permissions
from forums.models import Case, Held, Topic
from forums.models.comment import Comment, NotPosted
from forums.moderation import comments


class Blocked(NotPosted):
    """The site does not take this text; says which words it means."""

    status = 403


def open_topic(*, author, category, title: str, body: str, token) -> Topic | Held:
    """`Topic.open`, or a text that waits. The same token again answers the same. Raises `NotPosted`."""
    verdict, why = _look(author, category, title, body, token, opens_topic=True)
    if why:
        place = {"category": category, "title": title}
        held = _keep(verdict, why, author=author, body=body, token=token, **place)
        return held.comment.topic if held.comment_id else held
    said = {"title": verdict.title, "body": verdict.body, "token": token}
    with _together(verdict.flagged):
        topic = Topic.open(author=author, category=category, **said)
        _flag(verdict, lambda: topic.comments.get(seq=1))
    return topic


def reply(topic, *, author, parent, body: str, token) -> Comment | Held:
    """`Topic.reply`, or a text that waits. The same token again answers the same. Raises `NotPosted`.

    No query more than that, unless the author is new or the text is caught.
    """
    verdict, why = _look(author, topic.category, "", body, token, opens_topic=False)
    if why:
        place = {"topic": topic, "parent": parent}
        held = _keep(verdict, why, author=author, body=body, token=token, **place)
        return held.comment or held
    with _together(verdict.flagged):
        comment = topic.reply(author=author, parent=parent, body=verdict.body, token=token)
        _flag(verdict, lambda: comment)
    return comment


def edit(comment, *, by, body: str, title: str | None = None) -> None:
    """`Comment.edit`. What would have waited stands already, so it is hidden until a moderator has looked; words and
    links that had been there before do not count again."""
    if permissions.moderates(by, comment.topic.category):
        comment.edit(by=by, body=body, title=title)
        return
    before = filters.judge((title and comment.topic.title) or "", comment.body, is_new=by.is_new)
    verdict = _judge(title or "", body, by)
    why = newcomers.check_change(body, comment.body_html) if by.is_new else ""
    found = verdict.held if verdict.held != before.held else ""
    with _together(found or why or verdict.flagged):
        comment.edit(by=by, body=verdict.body, title=verdict.title or None)
        if found or why:
            reason = Held.Why.WORDS if found else Held.Why(why)
            comments.hold(comment, reason=f"For now, because {reason.label}.", found=found)
        elif verdict.flagged != before.flagged:
            _flag(verdict, lambda: comment)


def ask(author, category, text: str) -> None:
    """For what cannot wait and is no discussion, such as a poll's options: raises Blocked for every watched word."""
    if permissions.moderates(author, category):
        return
    verdict = filters.judge("", text, is_new=author.is_new)
    if found := verdict.blocked or verdict.held:
        raise Blocked(f"Please leave “{found[:80]}” out of this.")
    if verdict.body != text:
        raise Blocked("There are words in this that the site does not take.")


def _look(author, category, title, body, token, *, opens_topic):
    """What the filters say, and why the text waits, if it does."""
    if permissions.moderates(author, category):
        return filters.Verdict(title, body), ""
    why = newcomers.check(author, body, token=token, opens_topic=opens_topic) if author.is_new else ""
    verdict = _judge(title, body, author)
    return verdict, Held.Why.WORDS if verdict.held else why


def _judge(title, body, author):
    verdict = filters.judge(title, body, is_new=author.is_new)
    if verdict.blocked:
        raise Blocked(f"This site does not take texts with “{verdict.blocked[:80]}” in them.")
    return verdict


@transaction.atomic
def _keep(verdict, why, **said):
    held, is_new = Held.objects.keep(why=why, matched=verdict.held, **said)
    if is_new:
        Case.objects.open_about(held, Case.Why.HELD, verdict.held)
    return held


def _together(several):
    """A transaction around two writes; around one it would only cost two statements."""
    return transaction.atomic() if several else nullcontext()


def _flag(verdict, find):
    if verdict.flagged:
        Case.objects.open_about(find(), Case.Why.FILTERED, verdict.flagged)
