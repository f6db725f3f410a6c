"""Chooses the names of imported members: the old name, changed to be valid and unique here."""

import re
from itertools import count

from django.core.exceptions import ValidationError

from accounts.identity.names import LONGEST, normalise, validate_name, validate_not_reserved
from accounts.identity.skeleton import skeleton
from accounts.models import User
from forums.importers.records.records import Member


class Names:
    """Assigns names. The same members in the same order get the same names in the same forum.

    Names that look like each other or like those of ordinary members are kept: people knew their owners by them.
    """

    def __init__(self):
        self._staff = set(User.objects.staff().values_list("skeleton", flat=True))

    def of(self, members: list[Member]) -> list[str]:
        """Return a name for each. One query, and one more for every member whose first three choices are taken."""
        wishes = [self._wishes(member) for member in members]
        taken = _taken(wish for some in wishes for wish in some)
        names = []
        for member, some in zip(members, wishes, strict=True):
            name = next((wish for wish in some if wish.lower() not in taken), None) or _any(member, taken)
            taken.add(name.lower())
            names.append(name)
        return names

    def _wishes(self, member: Member) -> list[str]:
        """Return the possible names, best first. A name that resembles the site's or the staff's is not used at all."""
        number, bare = str(member.number), allowed(member.name)
        wishes = [bare, f"{bare[: LONGEST - len(number) - 1].rstrip('._-')}-{number}"]
        if not bare or self._speaks_for_site(bare):
            wishes = []
        found = [wish for wish in wishes if _is_valid(wish) and not self._speaks_for_site(wish)]
        return [*found, f"member-{number}"]

    def _speaks_for_site(self, name: str) -> bool:
        try:
            validate_not_reserved(name)
        except ValidationError:
            return True
        return skeleton(name) in self._staff


def allowed(name: str) -> str:
    """Replace characters that our rules forbid by dashes. The result may be too short, or empty."""
    name = "".join(ch if _may_stand(ch) else "-" for ch in normalise(name))
    return re.sub(r"([._-])[._-]+", r"\1", name.strip("._-"))[:LONGEST].strip("._-")


def _may_stand(ch: str) -> bool:
    # Only letters whose lower case is one character, because Postgres and Python agree about those.
    return len(ch.lower()) == 1 and (ch.isalpha() or ch in "0123456789._-" or _is_valid(f"ab{ch}c"))


def _is_valid(name: str) -> bool:
    try:
        validate_name(name)
    except ValidationError:
        return False
    return True


def _any(member: Member, taken: set[str]) -> str:
    for again in count(2):
        name = f"member-{member.number}-{again}"
        if name not in taken and not User.objects.named(name).exists():
            return name
    raise AssertionError("count never ends")


def _taken(names) -> set[str]:
    """Return those of the names that members have, in lower case."""
    return set(User.objects.ids_of({name.lower() for name in names}))
