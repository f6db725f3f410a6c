"""The checks that `manage.py doctor` runs. Apps register theirs in `AppConfig.ready()`."""

from collections.abc import Callable, Iterator

import redis
from django.db import DatabaseError

from config.management.operator_error import OperatorError, first_line

Finding = tuple[bool | None, str]
"""True for fine, None for a warning, False for wrong; and a sentence for the operator."""
Check = Callable[[], Iterator[Finding]]
_registered: list[Check] = []


def register(check: Check) -> None:
    """Have `doctor` run `check` after its own checks. The check may read the database and may raise OperatorError."""
    _registered.append(check)


def registered() -> tuple[Check, ...]:
    """The checks of all apps, in the order of their registration."""
    return tuple(_registered)


def findings_of(check: Check) -> Iterator[Finding]:
    """Run one check. An error that it raises ends the check and becomes a finding."""
    try:
        yield from check()
    except OperatorError as error:
        yield False, str(error)
    except redis.RedisError as error:
        yield False, f"Redis cannot be read ({first_line(error)}): look at REDIS_URL and at the log of Redis."
    except DatabaseError as error:
        yield (
            False,
            f"The database cannot be read ({first_line(error)}): look at DATABASE_URL and at its log.",
        )
