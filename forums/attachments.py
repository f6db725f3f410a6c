"""What other apps put onto a topic's page, above its discussion. The discussion knows none of them.

A topic counts what is attached to it (`Topic.attached`), so that the many without anything cost no look.
"""

from collections.abc import Callable

from django.utils.safestring import SafeString, mark_safe

_makers: list[Callable[..., SafeString]] = []


def register(make: Callable[..., SafeString]) -> None:
    """Have `make(request, topic)` called for every topic page; it returns safe HTML, empty for nothing."""
    _makers.append(make)


def above(request, topic) -> SafeString:
    """All that stands above the discussion of a topic which the viewer may see; it costs what each maker
    costs."""
    return mark_safe("".join(make(request, topic) for make in _makers))
