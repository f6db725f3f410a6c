"""Publishes members' texts: checks each, and either posts it or keeps it for a moderator.

Importers, the demo and moderation call the verbs of `Topic` and `Comment` directly.
"""

from contextlib import nullcontext
from typing import NamedTuple

from django.db import transaction

from forums import markup
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.models import Case, PendingPost, Topic
from forums.models.discussion.comment import Comment
from forums.moderation.acts import comments
from forums.posting import filters, new_member_limits


class Result(NamedTuple):
    """The outcome for a text: either `posted`, or `pending` until a moderator decides."""

    posted: Topic | Comment | None = None
    pending: PendingPost | None = None


def open_topic(*, author, category, title: str, body: str, token, tags=()) -> Result:
    """Call `Topic.open`, or keep the text for a moderator. The same token again returns the first result.

    Raises `Refused`.
    """
    _check_tags(author, category, tags)
    verdict, why = _check(author, category, title, body, token, opens_topic=True)
    if why:
        place = {"category": category, "title": title, "tags": list(tags)}
        post = _keep(verdict, why, author=author, body=body, token=token, **place)
        return Result(posted=post.comment.topic) if post.comment_id else Result(pending=post)
    said = {"title": verdict.title, "body": verdict.body, "token": token}
    with _atomic_if(verdict.flagged):
        topic = Topic.open(author=author, category=category, tags=tags, **said)
        _flag(verdict, lambda: topic.comments.get(seq=1))
    return Result(posted=topic)


def reply(topic, *, author, parent, body: str, token) -> Result:
    """Call `Topic.reply`, or keep the text for a moderator. The same token again returns the first result.

    Raises `Refused`. Costs no more queries than `Topic.reply`, unless the author is new or a filter matches.
    """
    verdict, why = _check(author, topic.category, "", body, token, opens_topic=False)
    if why:
        place = {"topic": topic, "parent": parent}
        post = _keep(verdict, why, author=author, body=body, token=token, **place)
        return Result(posted=post.comment) if post.comment_id else Result(pending=post)
    with _atomic_if(verdict.flagged):
        comment = topic.reply(author=author, parent=parent, body=verdict.body, token=token)
        _flag(verdict, lambda: comment)
    return Result(posted=comment)


def edit(comment, *, by, body: str, title: str | None = None, tags: list[str] | None = None) -> None:
    """Call `Comment.edit`, and hide the comment if a new text like it would have to wait for a moderator.

    Words and links that the comment had before do not count. Raises `Refused`.
    """
    if permissions.moderates(by, comment.topic.category):
        comment.edit(by=by, body=body, title=title, tags=tags)
        return
    _check_tags(by, comment.topic.category, set(tags or ()).difference(comment.topic.tags))
    before = filters.judge((title and comment.topic.title) or "", comment.body, is_new=by.is_new)
    verdict = _judge(title or "", body, by)
    why = new_member_limits.check_change(body, comment.body_html) if by.is_new else ""
    found = verdict.held if verdict.held != before.held else ""
    with _atomic_if(found or why or verdict.flagged):
        comment.edit(by=by, body=verdict.body, title=verdict.title or None, tags=tags)
        if found or why:
            reason = PendingPost.Why.WORDS if found else PendingPost.Why(why)
            comments.hold(comment, reason=f"For now, because {reason.label}.", found=found)
        elif verdict.flagged != before.flagged:
            _flag(verdict, lambda: comment)


def check_words(author, category, text: str) -> None:
    """Refuse every watched word in a text that cannot wait for a moderator, such as a poll's options.

    Raises `Refused`.
    """
    if permissions.moderates(author, category):
        return
    verdict = filters.judge("", text, is_new=author.is_new)
    if found := verdict.blocked or verdict.held:
        raise Refused(Refusal.BLOCKED_WORDS, f"Please leave “{found[:80]}” out of this.")
    if verdict.body != text:
        raise Refused(
            Refusal.BLOCKED_WORDS,
            "This site replaces some of these words in discussions. Please write it without them.",
        )


def _check_tags(author, category, names):
    """Refuse watched words in tags, which everybody could use then. Also as part of a name, such as "red-shoes"."""
    if names:
        check_words(author, category, " ".join([*names, *(name.replace("-", " ") for name in names)]))


def _check(author, category, title, body, token, *, opens_topic):
    """Ask the filters and the limits for new members. Returns the verdict, and why the text must wait, or ""."""
    if permissions.moderates(author, category):
        return filters.Verdict(title, body), ""
    why = new_member_limits.check(author, body, token=token, opens_topic=opens_topic) if author.is_new else ""
    verdict = _judge(title, body, author)
    return verdict, PendingPost.Why.WORDS if verdict.held else why


def _judge(title, body, author):
    verdict = filters.judge(title, body, is_new=author.is_new)
    if verdict.blocked:
        blocked = verdict.blocked[:80]
        raise Refused(Refusal.BLOCKED_WORDS, f"This site does not take texts with “{blocked}” in them.")
    if verdict.body != body:
        try:
            markup.clean_body(verdict.body)
        except ValueError as error:
            raise Refused(Refusal.BLOCKED_WORDS, str(error)) from None
    return verdict


@transaction.atomic
def _keep(verdict, why, **said):
    post, is_new = PendingPost.objects.keep(why=why, matched=verdict.held, **said)
    if is_new:
        Case.objects.open_about(post, Case.Why.PENDING, verdict.held)
    return post


def _atomic_if(several):
    """Open a transaction around two writes. A single write needs none: it would cost two statements more."""
    return transaction.atomic() if several else nullcontext()


def _flag(verdict, find):
    if verdict.flagged:
        Case.objects.open_about(find(), Case.Why.FILTERED, verdict.flagged)
