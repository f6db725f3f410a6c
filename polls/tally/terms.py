"""The rules of a poll that a count needs, beside the ballots and the options."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Terms:
    """The rules that change a result.

    `seed` is the published text from which lots are drawn. `barred` options cannot win. `objection` is the option of a
    consent poll that blocks it.
    """

    seed: str = ""
    seats: int = 1
    barred: frozenset[int] = frozenset()
    objection: int | None = None

    def lot(self, option: int) -> str:
        """The lot of an option: the SHA-256 of "seed:option id". Anyone can draw it again."""
        return sha256(f"{self.seed}:{option}".encode()).hexdigest()


PLAIN = Terms()
"""The terms of a poll with one seat, without a seed and without special options."""
