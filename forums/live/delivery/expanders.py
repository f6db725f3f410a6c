"""Registers how messages become what pages receive. Apps register their own kinds of messages here.

An *expander* turns a batch of messages of one kind into versions. A version is for the connections that hold its
*label*; a connection without a matching label gets the version under "".
"""

from collections.abc import Callable, Iterable

from forums.live.streams import Versions

Expander = Callable[[list[dict], object], Iterable[Versions]]
Labeller = Callable[[str, list], dict[int | None, Iterable[str]]]
_expanders: dict[str, Expander] = {}
_labellers: list[Labeller] = []


def register_kind(kind: str, expand: Expander) -> None:
    """Use `expand(messages, stream)` for messages of this kind.

    It receives the distinct messages of a batch and the `forums.live.delivery.stream.Stream`. It runs in a thread
    and may query.
    """
    _expanders[kind] = expand


def expander(kind: str) -> Expander | None:
    """Return the expander of a kind, or None if its messages are sent as they are."""
    return _expanders.get(kind)


def register_labels(labels: Labeller) -> None:
    """Use `labels(stream, users)` to label connections on streams that they may receive.

    It returns labels by the user's pk, under None for visitors. It may query, but not once for each user.
    """
    _labellers.append(labels)


def labels(stream: str, users: list) -> dict[int | None, set[str]]:
    """Return all labels of each of `users` on a stream, by the user's pk."""
    found: dict[int | None, set[str]] = {user.pk: set() for user in users}
    for labeller in _labellers:
        for pk, names in labeller(stream, users).items():
            found[pk].update(names)
    return found
