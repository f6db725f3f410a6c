"""Consent: a proposal is accepted if nobody objects. Each objection has a reason.

Source: the consent decision of sociocracy (Ted Rau and Jerry Koch-Gonzalez, "Many Voices One Song", 2018, chapter 3).
A voter consents, stands aside or objects. One objection is enough, whatever the number of those who consent. Without a
consent the proposal is not accepted either.

The reasons are no cells, because a tally has only numbers. They are read from the ballots.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally import choice
from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms


@dataclass(frozen=True)
class ConsentResult(choice.ChoiceResult):
    """The number of each answer. `objections` block the proposal."""

    objections: int

    @property
    def is_accepted(self) -> bool:
        """Whether somebody consents and nobody objects."""
        return bool(self.leaders) and not self.objections


def cells(ballot: Ballot) -> list[str]:
    """One cell: the id of the chosen answer, without the reason."""
    return [str(option) for option in ballot[:1]]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> ConsentResult:
    """The number of each answer, in the order of `options`."""
    counted = choice.result(cells, options, terms)
    objections = 0 if terms.objection is None else counted.counts[terms.objection]
    return ConsentResult(counted.ballots, counted.counts, counted.leaders, objections)
