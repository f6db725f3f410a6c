"""Writes events to the outbox: one row each, in the transaction in which the event happens.

After the commit `forums.notifications.dispatch` turns them into notifications for the recipients.
"""

from collections.abc import Iterable

from django.utils.text import Truncator

from config.monitoring import tracing
from config.processes import task_queue
from forums import markup
from forums.models.notifications.outbox_event import OutboxEvent

DISPATCH_TASK = "forums.tasks.dispatch_events"
"""The task that dispatches the outbox."""
NOTIFIED = 1_000
"""Members that one event notifies."""


def topic_opened(opening, rendered: markup.Rendered) -> None:
    """Write that a topic was opened. `opening` is its first comment, `rendered` the comment's text. One statement."""
    comment_added(opening, rendered)


def comment_added(comment, rendered: markup.Rendered) -> None:
    """Write that a comment was added, for those it answers, mentions or quotes, and for watchers. One statement."""
    _insert([_of_comment(OutboxEvent.Kind.COMMENT_ADDED, comment, rendered.mentions, rendered.quotes)])


def reply_added(rendered: markup.Rendered) -> OutboxEvent:
    """Return the event of `comment_added` for the statement that writes a reply, which adds who and where. No query."""
    facts = _facts_of_text(rendered.mentions, rendered.quotes)
    return _prepare([OutboxEvent(kind=OutboxEvent.Kind.COMMENT_ADDED, facts=facts)])[0]


def comment_edited(comment, before: str, rendered: markup.Rendered) -> None:
    """Write that an edit has added or removed mentions or quotes, and which were added. `before` is the old HTML.

    One statement, none if the mentions and quotes are the same.
    """
    mentions, quotes = markup.calls(before)
    new_mentions = rendered.mentions - mentions
    new_quotes = [each for each in rendered.quotes if each not in quotes]
    if mentions != rendered.mentions or set(quotes) != set(rendered.quotes):
        _insert([_of_comment(OutboxEvent.Kind.MENTIONS_CHANGED, comment, new_mentions, new_quotes)])


def visibility_changed(topic, comment=None) -> None:
    """Write that other members than before may see the topic, or one comment of it. One statement.

    It was hidden, restored, moved or deleted.
    """
    _insert([OutboxEvent(kind=OutboxEvent.Kind.VISIBILITY_CHANGED, topic=topic, comment=comment)])


def comments_seen(member, topic, comment_ids: Iterable[int]) -> None:
    """Write that `member` has seen these comments of `topic`. Notifications about them are then created as read.

    One statement, none without comments.
    """
    kind = OutboxEvent.Kind.COMMENT_SEEN
    _insert([OutboxEvent(kind=kind, topic=topic, comment_id=pk, actor=member) for pk in comment_ids])


def moderated(member, action, pending_post=None) -> None:
    """Notify `member` of a log entry about them or what they wrote, and quote their pending post. One statement.

    The notification names no moderator. A member who did it themselves gets none.
    """
    if member is not None:
        moderated_all({member.pk}, action, pending_post)


def moderated_too(comments, action) -> None:
    """Notify the authors of `comments` of an act on what they wrote. One query and one statement."""
    authors = comments.exclude(author=None).order_by().values_list("author", flat=True).distinct()
    moderated_all(set(authors) - {action.member_id}, action)


def moderated_each(actions) -> None:
    """Notify the member of each of these log entries. One statement."""
    _insert([_of_act({each.member_id}, each) for each in actions])


def decided(outcomes: dict, reporters: dict[int, list[int]]) -> None:
    """Notify those who reported something how its case ended. Both dicts are keyed by the case's id. One statement.

    The notification links to the member's own reports.
    """
    events = []
    for case, members in reporters.items():
        action = outcomes[case]
        words = "was looked at and stays" if action.is_keeping else f"was looked at. {action.says}"
        events.append(
            _notification(
                [pk for pk in members if pk != action.by_id],
                kind="moderated",
                once=f"case {case}",
                words=f"What you have reported {words}.",
                address="/reports/",
                topic=action.topic,
                comment=action.comment,
            )
        )
    _insert(events)


def moderated_all(members: set[int], action, pending_post=None) -> None:
    """Notify these members of a log entry, except the one who did it. One statement."""
    if members := members - {action.by_id}:
        _insert([_of_act(members, action, pending_post)])


def notify(members: Iterable[int], **said) -> None:
    """Notify the members with these ids. One statement, which writes an event for each NOTIFIED members.

    The notification is the sentence `words` (at most 300 characters), and links to `address`, a path of this site.
    `kind` is one of the last of `Notification.Kind`. `once` names the event, for instance "poll 7 closed": a member
    gets one notification for each name. Members who cannot see `topic` or have muted it get none, except of what a
    moderator did.
    """
    members = list(members)
    parts = [members[start : start + NOTIFIED] for start in range(0, len(members), NOTIFIED)]
    _insert([_notification(part, **said) for part in parts])


def notify_watchers(topic, *, actor, **said) -> None:
    """Notify the members who watch the topic when this is dispatched, except `actor`. One statement.

    The rest of `said` is that of `notify`.
    """
    event = _notification([], topic=topic, actor=actor, **said)
    event.facts["watchers"] = True
    _insert([event])


def _insert(events: list[OutboxEvent]) -> None:
    OutboxEvent.objects.bulk_create(_prepare(events))


def _prepare(events: list[OutboxEvent]) -> list[OutboxEvent]:
    """Add the trace, and have the events dispatched after the commit."""
    if trace := tracing.current():
        for event in events:
            event.facts["trace"] = trace
    if events:
        task_queue.start_on_commit(DISPATCH_TASK)
    return events


def _of_act(members, action, pending_post=None):
    says = action.says
    if pending_post is not None:
        says += f" (“{Truncator(pending_post.title or pending_post.body).words(12)}”)"
    words = f"{says}: {action.ground}" if action.ground else f"{says}."
    about = {"topic": action.topic, "comment": action.comment}
    # A pending post links to itself, because its author can change a refused one there.
    address = f"/held/{pk}/" if (pk := action.pending_post_id) else action.get_absolute_url()
    return _notification(
        sorted(members), kind="moderated", once=f"action {action.pk}", words=words, address=address, **about
    )


def _notification(
    members, *, kind: str, once: str, words: str, address="", topic=None, comment=None, actor=None
):
    facts = {
        "members": list(members),
        "kind": kind,
        "once": once,
        "words": words[:300],
        "address": address,
    }
    return OutboxEvent(
        kind=OutboxEvent.Kind.MEMBERS_NOTIFIED, topic=topic, comment=comment, actor=actor, facts=facts
    )


def _of_comment(kind, comment, mentions, quotes):
    facts = _facts_of_text(mentions, quotes)
    place = {"topic_id": comment.topic_id, "comment": comment}
    return OutboxEvent(kind=kind, actor_id=comment.author_id, facts=facts, **place)


def _facts_of_text(mentions, quotes):
    return {"mentions": sorted(mentions), "quotes": list(quotes)}
