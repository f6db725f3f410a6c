"""The sections of a member's page. Other apps add theirs, because accounts knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User


@dataclass(frozen=True)
class Section:
    """`show(request, member)` answers (template name, context); it sees only what the viewer may see."""

    name: str
    title: str
    show: Callable[[HttpRequest, User], tuple[str, dict]]


_sections: dict[str, Section] = {}


def register(name: str, title: str, show: Callable[[HttpRequest, User], tuple[str, dict]]) -> None:
    """Add a section, reached at `/u/<member>/?tab=<name>`; the first one registered is shown at once."""
    _sections[name] = Section(name, title, show)


def sections() -> list[Section]:
    return list(_sections.values())


def section(name: str) -> Section | None:
    """The section called `name`, the first for the empty name, or None."""
    return _sections.get(name) if name else next(iter(_sections.values()), None)
