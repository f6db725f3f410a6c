"""What a member may do has changed: silenced, suspended, let in again, in other groups, or signed out.

Their next request notices by itself. What stays open, such as a socket, is told by those who `register`;
accounts knows none of them.
"""

from collections.abc import Callable

from django.db import transaction

from config import stamps

_appeals: list[Callable[..., str]] = []
_told: list[Callable[[int | None], None]] = []


def register(tell: Callable[[int | None], None]) -> None:
    """Have `tell(member_id)` called once a change of a member's standing has been committed; None means that anybody's
    may have changed."""
    _told.append(tell)


def register_appeals(address: Callable[..., str]) -> None:
    """Have `address(sanction)` say where a member who cannot sign in asks for another look at it; empty for nowhere."""
    _appeals.append(address)


def appeal_address(sanction) -> str:
    """Only for whoever has just proved to be the member: with the address anybody can appeal in their name."""
    return next((found for address in _appeals if (found := address(sanction))), "")


def changed(*members) -> None:
    stamps.touch(*(stamps.of_member(member.username) for member in members))
    for member in members:
        _tell(member.pk)


def everybodys_changed() -> None:
    """What a group may do is different, for instance."""
    _tell(None)


def _tell(member_id):
    for tell in _told:
        transaction.on_commit(lambda tell=tell: tell(member_id))
