"""Limits on guessing passwords. Redis holds the counts; without Redis nothing is limited."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from accounts.identity.names import normalise
from accounts.models import User
from accounts.sign_in import device_history
from config.web.limits import TooFast, by_address

MOST, SECONDS = 5, 300
"""Failures of one account, and of one name or e-mail address, in this time."""
MOST_OF_ADDRESS, SECONDS_OF_ADDRESS = 10, 60
"""Failures from one client address in this time."""


@dataclass
class Count:
    """The failures that share a key. `most` of them are allowed in `seconds` after the first one."""

    key: str
    most: int = MOST
    seconds: int = SECONDS

    def add(self) -> bool:
        """Count one. Returns whether it is within the limit."""
        cache.add(self.key, 0, self.seconds)
        try:
            return (cache.incr(self.key) or 0) <= self.most
        except ValueError:  # the time has just ended, or Redis is away
            return True

    def take_back(self) -> None:
        with suppress(ValueError):
            cache.decr(self.key)

    def clear(self) -> None:
        cache.delete(self.key)


def _of_login(login: str, device: str = "") -> Count:
    typed = normalise(login).casefold().encode(errors="replace")
    return Count(f"failures:{sha256(typed).hexdigest()}:{device}")


def _of_member(member: User, device: str = "") -> Count:
    return Count(f"failures:{member.pk}:{device}")


class Attempt:
    """A password that somebody tries with a name or e-mail address. It counts as a failure until `succeeded`.

    Devices on which the member has signed in have counts of their own. Otherwise a stranger could lock members out.
    """

    def __init__(self, request: HttpRequest, login: str, member: User | None) -> None:
        """`login` is what was typed, and `member` whom it names."""
        device = device_history.known_device(request, member) if member else ""
        self.by_client = Count(f"failures:{by_address(request)}", MOST_OF_ADDRESS, SECONDS_OF_ADDRESS)
        self.by_login = _of_login(login, device)
        self.by_member = _of_member(member, device) if member else None

    def count(self) -> bool:
        """Returns whether the password may be accepted. Raises TooFast above a limit that reveals nothing.

        An account has one count for its name and its address. That count must not lead to another answer than a wrong
        password, because the answer would reveal which name has which address.
        """
        for count in (self.by_client, self.by_login):
            if not count.add():
                raise TooFast(count.seconds)
        return self.by_member is None or self.by_member.add()

    def succeeded(self) -> None:
        """The password was right."""
        for count in (self.by_client, self.by_login, self.by_member):
            if count:
                count.take_back()


def forget(member: User) -> None:
    """Forget the failures of a member who has a new password."""
    for count in (_of_login(member.username), _of_login(member.email), _of_member(member)):
        count.clear()
