"""Where each post of a topic belongs: its number, its parent, its path, and how many stand below it."""

from collections.abc import Iterator
from dataclasses import dataclass

from forums import paths
from forums.importers.records import Post


@dataclass(slots=True)
class Place:
    post: Post | None
    pk: int
    seq: int = 1
    depth: int = 0
    path: str = ""
    parent: "Place | None" = None
    descendants: int = 0


def order(posts: list[Post], known=()) -> list[Post]:
    """In the order of time, but nobody before whom they answer, whatever the clocks of the other site said.

    The first post is the opening where none is `known`. Posts whose parent is in neither answer the opening.
    """
    first = [] if known else posts[:1]
    times = {}
    for post in posts:
        times[post.source] = max(post.at, times.get(post.parent, post.at))
    return first + sorted(posts[len(first) :], key=lambda post: times[post.source])


def place(posts: list[Post], pks: Iterator[int], known: dict[str, Place], last_seq: int = 0) -> list[Place]:
    """Number `posts`, which are in `order`, on from `last_seq`; `known` are places taken before, by source."""
    places = dict(known)
    opening = next((taken for taken in known.values() if taken.seq == 1), None)
    new = []
    for seq, post in enumerate(posts, last_seq + 1):
        parent = places.get(post.parent, opening)
        taken = Place(post, next(pks)) if parent is None else _below(parent, post, next(pks), seq)
        opening = opening or taken
        places[post.source] = taken
        new.append(taken)
    return new


def count(places: list[Place]) -> None:
    """Set `descendants` in a whole topic, as `Comment.delete_by_author` leaves them.

    A deleted comment counts while something is shown below it; the opening's count is the topic's own.
    """
    for place in reversed(places):
        if place.parent and place.parent.seq > 1 and (place.descendants or not place.post.deleted_at):
            place.parent.descendants += place.descendants + 1


def _below(parent: Place, post: Post, pk: int, seq: int) -> Place:
    return Place(post, pk, seq, parent.depth + 1, parent.path + paths.component(seq), parent)
