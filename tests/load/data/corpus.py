"""The sizes of the measured forum."""

from dataclasses import dataclass
from random import Random

CATEGORIES = 20
MIDDLING = 100
"""Topics with MIDDLING_REPLIES replies each, MIDDLING_ROOTS of them to the opening. Their pages are measured."""
MIDDLING_REPLIES = 50
MIDDLING_ROOTS = 20
HOT = MIDDLING + 3
"""Number of the topic that every client posts to. No page of it is measured."""
SMALL_REPLIES = 20
"""One topic has this many replies, to measure the size of its page."""


@dataclass(frozen=True)
class Corpus:
    """The numbers of one forum. `comments` includes openings. In topic 1, the longest, one chain is `depth` deep."""

    name: str
    members: int
    topics: int
    comments: int
    longest: int
    depth: int
    copies: int = 1
    """How often the generated topics are there. `topics` and `comments` are the numbers of one copy."""

    def sizes(self, random: Random) -> list[int]:
        """The number of comments of each topic, exactly `comments` in total.

        First the longest topic, then the topics that are measured, then random sizes: as in real forums, few topics
        are long and many are short.
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
HUGE = Corpus("huge", members=5_000, topics=12_500, comments=250_000, longest=50_000, depth=200, copies=40)
SIZES = {each.name: each for each in (ORDINARY, LARGE, HUGE)}
