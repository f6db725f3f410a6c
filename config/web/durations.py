"""How texts name a length of time."""

from math import ceil


def in_words(seconds: int) -> str:
    """When to try again, rounded up: "in 40 seconds", "in 12 minutes", "in 3 hours"."""
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds > length:
            return f"in {ceil(seconds / length)} {unit}s"
    return f"in {seconds} second{'' if seconds == 1 else 's'}"
