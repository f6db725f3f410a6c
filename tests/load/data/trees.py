"""The reply tree of a generated discussion, and the path, depth and descendants of each comment in it."""

from random import Random
from typing import NamedTuple

from forums.models.discussion import paths

RECENT = 60
"""A reply answers one of this many comments before it, because discussions move on."""
ROOTS = 0.4
"""The share of replies that answer the opening. A comment then has 1.5 descendants on average."""


class Place(NamedTuple):
    parent: int
    """`seq` of the parent; 0 for the opening."""
    depth: int
    path: str
    descendants: int


def grow(random: Random, size: int, roots: int | None = None, depth: int = 0) -> list[int]:
    """The parent's `seq` of each comment, in order of `seq`.

    `roots` replies answer the opening. Every second of the others extends one chain until it is `depth` deep.
    """
    replies = size - 1
    roots = max(min(replies, 1), round(replies * ROOTS)) if roots is None else roots
    answers_opening = [True] * roots + [False] * (replies - roots)
    random.shuffle(answers_opening)
    if replies:
        first = answers_opening.index(True)
        answers_opening[0], answers_opening[first] = True, answers_opening[0]
    parents, chain = [0], []
    for seq, is_root in enumerate(answers_opening, start=2):
        goes_on = 0 < len(chain) < depth and seq % 2
        if is_root:
            parents.append(1)
        elif goes_on:
            parents.append(chain[-1])
        else:
            parents.append(random.randint(max(2, seq - RECENT), seq - 1))
        if (goes_on and not is_root) or not chain:
            chain.append(seq)
    return parents


def places(parents: list[int]) -> list[Place]:
    """Depth, path and number of descendants by the forum's own rules. The opening has 0 descendants."""
    depths, ways, below = [0], [""], [0] * len(parents)
    for seq, parent in enumerate(parents[1:], start=2):
        depths.append(depths[parent - 1] + 1)
        ways.append(ways[parent - 1] + paths.component(seq))
    for seq in range(len(parents), 1, -1):
        if parents[seq - 1] > 1:
            below[parents[seq - 1] - 1] += 1 + below[seq - 1]
    return [Place(*each) for each in zip(parents, depths, ways, below, strict=True)]
