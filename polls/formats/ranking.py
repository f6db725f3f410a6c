"""Converts any ballot to a ranking, for formats that have only rankings."""

from collections import Counter

from polls.tally import Method


def of(method, ballot):
    """The ballot as groups of option ids from the best. Chosen options share the first place; scores and dots rank
    from the highest."""
    if method.is_ranked:
        return ballot
    if method is Method.CONSENT:
        return (ballot[:1],)
    if not method.has_numbers:
        return (ballot,) if ballot else ()
    scores = sorted({score for _, score in ballot}, reverse=True)
    return tuple(tuple(option for option, given in ballot if given == score) for score in scores)


def counted(election):
    """The distinct rankings with their numbers, the most frequent first, equally frequent ones by ranking.

    The order therefore does not reveal who voted when. Memory grows with the number of distinct rankings.
    """
    counts = Counter()
    for cast in election.ballots:
        counts[of(election.method, cast.ballot)] += cast.count
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
