"""What comes with a member in the one query that fetches whoever asks. Other apps add their columns; accounts knows
none of them.

For members fetched in another way the attribute is missing: whoever registers one also says how to find it then.
"""

from collections.abc import Callable

_columns: dict[str, Callable] = {}


def register(name: str, column: Callable) -> None:
    """Have members come with `name`, the expression that `column()` answers; `OuterRef("pk")` is the member."""
    _columns[name] = column


def columns() -> dict:
    """All of them, for `annotate`."""
    return {name: column() for name, column in _columns.items()}
