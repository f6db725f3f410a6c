"""Any ballot as a ranking, for formats that know nothing else."""

from collections import Counter

from polls.tally import Method


def of(method, ballot):
    """Groups of option ids from the best: the options chosen share the first place, scores rank from the
    highest."""
    if method.is_ranked:
        return ballot
    if method is not Method.SCORE:
        return (ballot,) if ballot else ()
    scores = sorted({score for _, score in ballot}, reverse=True)
    return tuple(tuple(option for option, given in ballot if given == score) for score in scores)


def counted(election):
    """Distinct rankings with their number, the most frequent first and otherwise by the ranking.

    So the order says nothing about who voted when. Memory grows with the distinct rankings only.
    """
    counts = Counter()
    for cast in election.ballots:
        counts[of(election.method, cast.ballot)] += cast.count
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
