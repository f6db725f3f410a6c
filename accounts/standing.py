"""What a member may do has changed: silenced, suspended, or let in again.

Their next request notices by itself. What stays open, such as a socket, is told by those who `register`;
accounts knows none of them.
"""

from collections.abc import Callable

from django.db import transaction

from config import stamps

_told: list[Callable[[int], None]] = []


def register(tell: Callable[[int], None]) -> None:
    """Have `tell(member_id)` called once a change of a member's standing has been committed."""
    _told.append(tell)


def changed(member) -> None:
    stamps.touch(stamps.of_member(member.username))
    for tell in _told:
        transaction.on_commit(lambda tell=tell: tell(member.pk))
