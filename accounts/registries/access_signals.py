"""Signals that a member's access has changed: a sanction, a lifted sanction, other groups, or a sign-out.

The member's next request checks their rights anyway. Apps that keep something open, such as a socket, register a
callback. accounts imports none of these apps.
"""

from collections.abc import Callable

from django.db import transaction

from config.caching import cache_tags
from config.replicas import last_writes

_appeals: list[Callable[..., str]] = []
_callbacks: list[Callable[[int | None], None]] = []


def register(callback: Callable[[int | None], None]) -> None:
    """Call `callback(member_id)` after a change of a member's access commits. None stands for any member."""
    _callbacks.append(callback)


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
        last_writes.note_on_commit(member.pk)
        _call_on_commit(member.pk)


def anyones_changed() -> None:
    """Report that anyone's access may have changed, for example because the rights of a group have."""
    _call_on_commit(None)


def _call_on_commit(member_id):
    for callback in _callbacks:
        transaction.on_commit(lambda callback=callback: callback(member_id))
