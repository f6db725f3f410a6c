"""The registry of what apps add to the admin: panels on its first page, and requirements for entry.

Apps register both in `AppConfig.ready()`.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse

Panels = Callable[[HttpRequest], list[dict]]
"""Returns dicts with `title`, `picture` (HTML) and `address`, for templates/admin/index.html."""


class Requirement(NamedTuple):
    """A condition that a member of the staff must meet before entering the admin."""

    is_missing: Callable
    """Takes the user and returns whether the user does not meet the condition."""
    ask: Callable[[HttpRequest], HttpResponse]
    """Answers with the way to meet it."""


_panels: list[Panels] = []
_requirements: list[Requirement] = []


def register_panels(panels: Panels) -> None:
    """Show the result of `panels(request)` on the first page."""
    _panels.append(panels)


def register_requirement(is_missing: Callable, ask: Callable[[HttpRequest], HttpResponse]) -> None:
    """Refuse entry to users for whom `is_missing(user)`, and answer their sign-in with `ask(request)`."""
    _requirements.append(Requirement(is_missing, ask))


def panels(request: HttpRequest) -> list[dict]:
    """The panels of all apps for this viewer, in the order of their registration."""
    return [panel for registered in _panels for panel in registered(request)]


def missing_requirement(user) -> Requirement | None:
    """The first requirement that `user` does not meet. Costs what the registered conditions cost."""
    return next((each for each in _requirements if each.is_missing(user)), None)
