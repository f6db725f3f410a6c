"""Columns that other apps add to the query that loads the member of a request. accounts imports none of these apps.

Members loaded by another query lack the attribute. The app that registers a column must handle that.
"""

from collections.abc import Callable

_columns: dict[str, Callable] = {}


def register(name: str, column: Callable) -> None:
    """Annotate members with `name`. `column()` returns the expression; in it `OuterRef("pk")` is the member."""
    _columns[name] = column


def columns() -> dict:
    """All registered columns, for `annotate`."""
    return {name: column() for name, column in _columns.items()}
