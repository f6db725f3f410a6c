"""Signals that a member's access has changed: a sanction, a lifted sanction, other groups, or a sign-out.

The member's next request checks their rights anyway. Apps that keep something open, such as a socket, register a
callback. accounts imports none of these apps.
"""

from collections.abc import Callable

from django.db import transaction

from config.caching import cache_tags

_appeals: list[Callable[..., str]] = []
_told: list[Callable[[int | None], None]] = []


def register(tell: Callable[[int | None], None]) -> None:
    """Call `tell(member_id)` after a change of a member's access commits. None means that anyone's may have changed."""
    _told.append(tell)


def register_appeals(address: Callable[..., str]) -> None:
    """Use `address(sanction)` as the link with which a suspended member appeals. It returns an empty text for none."""
    _appeals.append(address)


def appeal_address(sanction) -> str:
    """The link to appeal, or an empty text. Show it only after the member has signed in: anyone with it can appeal."""
    return next((found for address in _appeals if (found := address(sanction))), "")


def changed(*members) -> None:
    """Report that the access of these members has changed."""
    cache_tags.invalidate(*(cache_tags.of_member(member.username) for member in members))
    for member in members:
        _tell(member.pk)


def everybodys_changed() -> None:
    """Report that anyone's access may have changed, for example because the rights of a group have."""
    _tell(None)


def _tell(member_id):
    for tell in _told:
        transaction.on_commit(lambda tell=tell: tell(member_id))
