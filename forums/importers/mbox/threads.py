"""Joins messages to threads by the messages that they name, and replies without them by their subject.

Pipermail removes "Re:" from subjects. In such an archive each message with a known subject counts as a reply.
"""

from collections.abc import Iterator
from datetime import timedelta

from forums.importers.mbox.messages import Message, without_marks

LATEST = timedelta(days=60)
"""A reply that names no known message belongs to a thread with its subject, if that is not older."""


def threads(messages: dict[str, Message], tag: str) -> Iterator[list[Message]]:
    """Yield threads in the order of their first messages, each with its opening first. Sets `parent`.

    `tag` is what the list writes in front of each subject.
    """
    in_order = sorted(messages.values(), key=lambda message: (message.at, message.key))
    for message in in_order:
        known = (messages[key] for key in reversed(message.answered) if key in messages)
        message.parent = next((each for each in known if not _answers(each, message)), None)
    _join_by_subject(in_order, tag)
    opened: dict[str, list[Message]] = {}
    for message in in_order:
        opened.setdefault(_opening(message).key, []).append(message)
    for key, thread in opened.items():
        # An opening whose clock was late comes first, too.
        yield sorted(thread, key=lambda message: message.key != key)


def _join_by_subject(in_order: list[Message], tag: str) -> None:
    has_marks = _has_marks(in_order)
    latest: dict[str, Message] = {}
    for message in in_order:
        subject = without_marks(message.subject, tag).casefold()
        before = latest.get(subject)
        is_joined = before and (message.is_reply or not has_marks) and message.at - before.at <= LATEST
        if message.parent is None and is_joined and subject and not _answers(before, message):
            message.parent = _opening(before)
        latest[subject] = message


def _has_marks(messages: list[Message]) -> bool:
    """Return whether replies have "Re:" in their subjects."""
    replies = [message for message in messages if message.answered]
    return sum(message.is_marked for message in replies) * 5 >= len(replies)


def _answers(message: Message | None, other: Message) -> bool:
    """Return whether `message` is `other`, or below it. Then the other cannot answer it."""
    while message is not None and message is not other:
        message = message.parent
    return message is other


def _opening(message: Message) -> Message:
    while message.parent is not None:
        message = message.parent
    return message
