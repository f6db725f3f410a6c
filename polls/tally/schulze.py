"""The Schulze method: the winner is the option that no other beats along the strongest chain of majorities.

Source: Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011), 267-303. The strength of a link is its winning votes. Options may
share a rank. On each ballot, unranked options are below all ranked ones and equal to each other, as in the Debian
constitution, A.6 (1).

Tie rule: ties are shown and not broken. The places are filled from the top: the options that no remaining option beats
share the next place. The order of ballots and options never matters.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms

Matrix = dict[int, dict[int, int]]


@dataclass(frozen=True)
class SchulzeResult:
    """The pairwise figures and the ranking.

    `wins[a][b]` is the number of ballots that prefer a to b, `strengths[a][b]` the strongest path from a to b.
    `ranking` holds the places from the first, each with the options that share it. `condorcet_winner` beats every other
    option in a direct comparison.
    """

    ballots: int
    wins: Matrix
    strengths: Matrix
    ranking: tuple[tuple[int, ...], ...]
    condorcet_winner: int | None

    @property
    def winners(self) -> tuple[int, ...]:
        """The options in the first place: several if they tie, none without ballots."""
        return self.ranking[0] if self.ballots and self.ranking else ()


def cells(ballot: Ballot) -> list[str]:
    """The id of each ranked option, and `"a>=b"` for each pair of ranked options where a is not below b.

    All pairwise figures follow from these cells (see `pairwise`), without cells for unranked options. A ballot with
    three choices among forty options has 3 + 3 cells instead of 114.
    """
    found = []
    for place, group in enumerate(ballot):
        lower = [option for later in ballot[place + 1 :] for option in later]
        for option in group:
            found.append(str(option))
            found.extend(f"{option}>={other}" for other in lower)
            found.extend(f"{option}>={equal}" for equal in group if equal != option)
    return found


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> SchulzeResult:
    """The pairwise figures, path strengths and ranking. The cost is cubic in the number of options.

    It has no use for `terms`.
    """
    wins = pairwise(cells, options)
    strengths = strongest_paths(wins)
    places = _places(strengths)
    return SchulzeResult(cells.get("ballots", 0), wins, strengths, places, _condorcet_winner(wins))


def pairwise(cells: Mapping[str, int], options: Collection[int]) -> Matrix:
    """`[a][b]`: the ballots that rank a, minus those that also rank b and not below a."""
    return {
        a: {b: cells.get(str(a), 0) - cells.get(f"{b}>={a}", 0) for b in options if b != a} for a in options
    }


def strongest_paths(wins: Matrix) -> Matrix:
    """`[a][b]`: the weakest link of the strongest chain of majorities from a to b (Floyd-Warshall algorithm)."""
    strength = {a: {b: won if won > wins[b][a] else 0 for b, won in row.items()} for a, row in wins.items()}
    for via, a, b in permutations(wins, 3):
        detour = min(strength[a][via], strength[via][b])
        if detour > strength[a][b]:
            strength[a][b] = detour
    return strength


def _places(strength: Matrix) -> tuple[tuple[int, ...], ...]:
    places: list[tuple[int, ...]] = []
    remaining = sorted(strength)
    while remaining:
        place = tuple(option for option in remaining if not _beaten(option, remaining, strength))
        places.append(place)
        remaining = [option for option in remaining if option not in place]
    return tuple(places)


def _beaten(option: int, rivals: Collection[int], strength: Matrix) -> bool:
    return any(strength[rival][option] > strength[option][rival] for rival in rivals if rival != option)


def _condorcet_winner(wins: Matrix) -> int | None:
    beaten: set[int] = set()
    for a, b in combinations(wins, 2):
        if wins[a][b] <= wins[b][a]:
            beaten.add(a)
        if wins[b][a] <= wins[a][b]:
            beaten.add(b)
    unbeaten = set(wins) - beaten
    return unbeaten.pop() if len(wins) > 1 and unbeaten else None
