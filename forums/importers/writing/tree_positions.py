"""Finds the place of each post in its topic's tree: number, parent, path and number of descendants."""

from dataclasses import dataclass

from forums.importers.records.records import Post
from forums.models.discussion import paths


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
    """Sort posts by time, but never before what they answer, even if the other site's clocks were wrong.

    The first post is the opening if none is `known`. Posts whose parent is in neither list answer the opening.
    """
    first = [] if known else posts[:1]
    times = {}
    for post in posts:
        times[post.source] = max(post.at, times.get(post.parent, post.at))
    return first + sorted(posts[len(first) :], key=lambda post: times[post.source])


def place(posts: list[Post], pks: dict[str, int], known: dict[str, Place], last_seq: int = 0) -> list[Place]:
    """Number `posts`, which `order` has sorted, after `last_seq`.

    `pks` are the keys of the new comments by source, and `known` earlier places.
    """
    places = dict(known)
    opening = next((taken for taken in known.values() if taken.seq == 1), None)
    new = []
    for seq, post in enumerate(posts, last_seq + 1):
        parent = places.get(post.parent, opening)
        pk = pks[post.source]
        taken = Place(post, pk) if parent is None else _below(parent, post, pk, seq)
        opening = opening or taken
        places[post.source] = taken
        new.append(taken)
    return new


def count(places: list[Place]) -> None:
    """Set `descendants` in a whole topic, by the same rule as `Comment.delete_by_author`.

    A deleted comment counts while something is shown below it. The opening's count is kept by the topic itself.
    """
    for place in reversed(places):
        if place.parent and place.parent.seq > 1 and (place.descendants or not place.post.deleted_at):
            place.parent.descendants += place.descendants + 1


def _below(parent: Place, post: Post, pk: int, seq: int) -> Place:
    return Place(post, pk, seq, parent.depth + 1, parent.path + paths.component(seq), parent)
