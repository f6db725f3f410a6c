"""The sections of a member's page. Other apps register theirs. accounts imports none of these apps."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User


@dataclass(frozen=True)
class Section:
    """A tab. `show(request, member)` returns (template name, context) with only what the viewer may see."""

    name: str
    title: str
    show: Callable[[HttpRequest, User], tuple[str, dict]]


_sections: dict[str, Section] = {}


def register(name: str, title: str, show: Callable[[HttpRequest, User], tuple[str, dict]]) -> None:
    """Add a section at `/u/<member>/?tab=<name>`. The first registered section is the default."""
    _sections[name] = Section(name, title, show)


def sections() -> list[Section]:
    return list(_sections.values())


def section(name: str) -> Section | None:
    """The section called `name`, the first one if `name` is empty, or None."""
    return _sections.get(name) if name else next(iter(_sections.values()), None)
