"""How much a benchmark's forum holds."""

from dataclasses import dataclass
from random import Random

CATEGORIES = 20
MIDDLING = 100
"""Topics of MIDDLING_REPLIES replies, MIDDLING_ROOTS of them to the opening: the page that is measured."""
MIDDLING_REPLIES = 50
MIDDLING_ROOTS = 20
HOT = MIDDLING + 3
"""Number of the topic that every client posts to. No page of it is measured."""
SMALL_REPLIES = 20
"""One topic has as many, for the size of its page."""


@dataclass(frozen=True)
class Corpus:
    """`comments` counts openings too. The first topic is the longest, and one chain in it is `depth` deep."""

    name: str
    members: int
    topics: int
    comments: int
    longest: int
    depth: int

    def sizes(self, random: Random) -> list[int]:
        """Comments of each topic, in all exactly `comments`: the longest, those measured, then chance's.

        Few topics are long and many are short, as where people talk.
        """
        fixed = [self.longest, *[MIDDLING_REPLIES + 1] * MIDDLING, SMALL_REPLIES + 1]
        chances = [random.lognormvariate(0, 1.2) for _ in range(self.topics - len(fixed))]
        spare = self.comments - sum(fixed) - len(chances)
        share = spare / sum(chances)
        others = [1 + int(chance * share) for chance in chances]
        others[0] += self.comments - sum(fixed) - sum(others)
        return fixed + others


ORDINARY = Corpus("ordinary", members=200, topics=2_000, comments=20_000, longest=1_000, depth=40)
LARGE = Corpus("large", members=5_000, topics=50_000, comments=1_000_000, longest=50_000, depth=200)
