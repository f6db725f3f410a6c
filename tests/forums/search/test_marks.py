"""The marks of an entry's age say exactly which comments are looked at."""

from itertools import combinations

from forums.search import marks


def test_the_marks_between_two_ids_are_those_of_these_comments_only(monkeypatch):
    monkeypatch.setattr(marks, "ERAS", (2, 10, 50))
    for first, end in combinations(range(0, 150, 2), 2):
        chosen = set(marks.between_ids(first, end))
        having = [pk for pk in range(200) if chosen.intersection(marks.eras(pk))]
        assert having == list(range(first, end))
        assert len(chosen) <= 4 + 4 + 3 + 4 + 4
