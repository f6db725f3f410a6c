"""Finds the topics whose outcomes, polls or texts have some words, with the index of the site's search."""

from dataclasses import replace

from forums.search import find, query


def topics(user, text: str) -> set[int]:
    """Return the ids of the topics with outcomes that `user` finds with these words. Costs what a search costs."""
    wanted = replace(query.read(text), has=frozenset({"decision"}), order="new")
    return {match.topic for match in find.find(user, wanted).matches}
