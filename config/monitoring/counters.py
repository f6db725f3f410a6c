"""Counters of what members do, and of cache reads and refused requests. Each process counts; /metrics sums them."""

from collections.abc import Callable

from django.db import transaction
from prometheus_client import Counter

POSTS = Counter("folkmoot_posts", "Topics and comments that members have written.", ["kind"])
VOTES = Counter("folkmoot_votes", "Votes on comments and ballots in polls, changes included.", ["kind"])
SIGN_UPS = Counter("folkmoot_sign_ups", "New accounts.")
RATE_LIMITED = Counter("folkmoot_rate_limited", "Requests refused by a rate limit.", ["limit"])
_READS = Counter("folkmoot_cache_reads", "Cache look-ups by kind of value and result.", ["kind", "result"])

topic_opened = POSTS.labels("topic").inc
comment_added = POSTS.labels("comment").inc
comment_voted = VOTES.labels("comment").inc
ballot_cast = VOTES.labels("ballot").inc
signed_up = SIGN_UPS.inc
# A key may contain anything, so that only these first words of keys become labels.
_KINDS = (
    "block", "cases", "categories", "category figures", "changes", "comment", "day", "debate", "debates", "page",
    "holes", "holes in process", "page in process", "poll", "shared_page", "shared_page in process", "tag",
)  # fmt: skip
_hits, _misses = (
    {kind: _READS.labels(kind, result).inc for kind in (*_KINDS, "other")} for result in ("hit", "miss")
)


def on_commit(count: Callable[[], None]) -> None:
    """Count after the commit of the current transaction."""
    transaction.on_commit(count)


def read_cache(key: str, *, hits: int, misses: int) -> None:
    """Count look-ups of keys that begin with the same word as `key`."""
    kind = key.partition(":")[0]
    if hits:
        _hits.get(kind, _hits["other"])(hits)
    if misses:
        _misses.get(kind, _misses["other"])(misses)
