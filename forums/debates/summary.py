"""Prepares the summary of a debate for its page."""

from functools import cached_property

from django.utils.safestring import SafeString

from forums.debates import chart, panel
from forums.models import Comment, Debate, Persuasion
from forums.models.debates.debate_figures import BOTH, DIVIDED, NO_SIDE
from forums.models.debates.side import Stand

MINDS = 20
"""Lines about comments that moved members."""
SHOWN = 5
"""Comments of each side. More are stored, because some may be removed later."""


def described(directions) -> list[tuple[str, str, int, int]]:
    """Replace the sides in `Persuasion.objects.directions` by their names."""
    return [(Stand(came).label, Stand(went).label, pk, number) for came, went, pk, number in directions]


class Summary:
    """The summary. Its figures were frozen at the end; its comments are shown as they are now."""

    def __init__(self, debate: Debate, user) -> None:
        self.debate, self.user, self.figures = debate, user, debate.summary

    stands = list(Stand)

    @property
    def length(self) -> str:
        return chart.length(self.figures["seconds"])

    @property
    def comments(self) -> int:
        return self.figures["comments"]

    @property
    def writers(self) -> int:
        return self.figures["writers"]

    @property
    def early(self) -> int:
        return self.figures["early"]

    @property
    def members(self) -> int:
        """How many took a side."""
        return sum(number for _, _, number in self.figures["moves"])

    @property
    def moved(self) -> int:
        return sum(number for first, last, number in self.figures["moves"] if first != last)

    @property
    def table(self) -> list[tuple]:
        """For each first side: how many ended on each side, and the total."""
        numbers = {(first, last): number for first, last, number in self.figures["moves"]}
        rows = [(first, [numbers.get((first, last), 0) for last in Stand]) for first in Stand]
        return [(first, row, sum(row)) for first, row in rows]

    @property
    def totals(self) -> list[int]:
        return [sum(column) for column in zip(*(row for _, row, _ in self.table), strict=True)]

    @property
    def counts(self) -> list[tuple]:
        """The number of members on each side at the end."""
        return list(zip(Stand, self.totals, strict=True))

    @property
    def picture(self) -> SafeString:
        seconds = max(self.figures["seconds"], 1)
        return panel.picture(self.debate, self.figures["balance"], seconds, seconds)

    @property
    def valued(self) -> list[tuple]:
        """Each side with its best comments, then None with those of members without a side."""
        shown = ((stand, self._shown(stand or NO_SIDE)) for stand in (*Stand, None))
        return [(stand, comments) for stand, comments in shown if comments]

    @property
    def agreed(self) -> list[Comment]:
        """The comments that both sides value."""
        return self._shown(BOTH)

    @property
    def divided(self) -> list[Comment]:
        """The comments that one side values and the other rejects."""
        return self._shown(DIVIDED)

    @cached_property
    def minds(self) -> list[tuple[str, str, Comment, int]]:
        """From which side to which comments moved members, as they say now. Two queries."""
        named = Persuasion.objects.filter(change__debate=self.debate)
        made = described(named.directions()[:MINDS])
        ids = {pk for _, _, pk, _ in made}
        seen = Comment.objects.visible_to(self.user).readable().select_related("author").in_bulk(ids)
        return [(came, went, seen[pk], number) for came, went, pk, number in made if pk in seen]

    def _shown(self, name: str) -> list[Comment]:
        kept = self.figures["valued"].get(name, ())
        return [self._seen[pk] for pk in kept if pk in self._seen][:SHOWN]

    @cached_property
    def _seen(self) -> dict[int, Comment]:
        """The comments of all lists that the viewer may read, by id. One query."""
        ids = {pk for those in self.figures["valued"].values() for pk in those}
        return Comment.objects.visible_to(self.user).readable().select_related("author").in_bulk(ids)
