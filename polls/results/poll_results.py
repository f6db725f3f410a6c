"""The results of a poll for templates, the same for every viewer: numbers, bars, rounds, pairs."""

import time
from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from config.caching.evictable import cache
from config.web.svg_chart import letter
from polls import tally
from polls.counting import outcome
from polls.results import runoff_rounds, seat_rounds
from polls.tally.count import BALLOTS

TEMPLATES = {
    tally.Method.ONE: "polls/results/_choice.html",
    tally.Method.SEVERAL: "polls/results/_choice.html",
    tally.Method.APPROVAL: "polls/results/_choice.html",
    tally.Method.SCORE: "polls/results/_score.html",
    tally.Method.RUNOFF: "polls/results/_runoff.html",
    tally.Method.SCHULZE: "polls/results/_schulze.html",
    tally.Method.STV: "polls/results/_seats.html",
    tally.Method.MEEK: "polls/results/_seats.html",
    tally.Method.DOTS: "polls/results/_choice.html",
    tally.Method.CONSENT: "polls/results/_consent.html",
}
OBJECTIONS_SHOWN = 50
CACHED_SECONDS = 3600
"""Seconds for which the results of a closed poll are cached. They never change."""


@dataclass(frozen=True)
class Bar:
    """An option with its marks, and their percentage of the ballots (0 to 100)."""

    option: object
    count: int
    percent: float
    leads: bool


REUSED_SECONDS = 0.25
"""Seconds for which `PollResults.recent` reuses results in this process: as often as live results are sent."""

_recent: dict[tuple[int, int], tuple[float, "PollResults"]] = {}


class PollResults:
    """The results of one poll. Reads the tally once, when it is first needed."""

    @classmethod
    def recent(cls, poll) -> "PollResults":
        """Results at most a quarter of a second old, for responses that live results follow anyway."""
        key = poll.pk, poll.revision
        until, results = _recent.get(key, (0.0, None))
        if time.monotonic() > until:
            results = cls(poll)
            results.turnout  # noqa: B018 - reads the tally now, so that the age below is true
            if len(_recent) > 100:
                _recent.clear()
            _recent[key] = time.monotonic() + REUSED_SECONDS, results
        return results

    def __init__(self, poll) -> None:
        self.poll = poll

    @cached_property
    def cells(self):
        return outcome.cells(self.poll)

    @property
    def turnout(self) -> int:
        """The number of ballots."""
        return self.cells[BALLOTS]

    @property
    def quorum(self) -> int:
        """The number of ballots that the quorum needs."""
        return self.poll.rule.quorum_of(self.poll.roll_size or 0)

    @property
    def has_quorum(self) -> bool:
        return self.turnout >= self.quorum

    @property
    def share(self) -> str:
        """The turnout as a percentage of the roll; empty while the roll is unknown."""
        roll = self.poll.roll_size
        return f"{100 * self.turnout / roll:.{1 if roll > 100 else 0}f} %" if roll else ""

    @property
    def decision(self) -> tally.Decision | None:
        """Whether a closed poll passed by its rule; None without a rule."""
        return None if self.poll.passed is None else self.poll.decide(self.result)

    @property
    def decided(self) -> str:
        """The wording of the option that leads alone."""
        return self.wording.get(self.decision.option, "")

    @cached_property
    def result(self) -> tally.Result:
        return outcome.result(self.poll, self.cells)

    @cached_property
    def options(self) -> list:
        return list(self.poll.options.all())

    @cached_property
    def wording(self) -> dict[int, str]:
        return {option.pk: option.wording for option in self.options}

    @cached_property
    def html(self) -> SafeString:
        """The rendered results. Those of a closed poll are cached for an hour."""
        if self.poll.closed_at is None:
            return self._render()
        key = f"poll:{self.poll.pk}:results"
        kept = cache.get(key)
        if kept is None:
            kept = self._render()
            cache.set(key, str(kept), CACHED_SECONDS)
        return mark_safe(kept)

    def _render(self):
        context = {"results": self, "poll": self.poll, "result": self.result}
        return mark_safe(render_to_string(TEMPLATES[self.poll.counting_method], context))

    # --- One choice, several, approval, dots, consent ---

    @property
    def bars(self) -> list[Bar]:
        return [
            Bar(
                option,
                self.result.counts[option.pk],
                round(100 * self.result.share(option.pk), 1),
                option.pk in self.result.leaders,
            )
            for option in self.options
        ]

    @cached_property
    def objections(self) -> list[str]:
        """The reasons of objections, in alphabetical order, so that they do not reveal who voted when. One query."""
        if not self.result.objections:
            return []
        rows = self.poll.secret_ballots if self.poll.secret else self.poll.ballots
        found = rows.filter(marks__0=self.poll.terms.objection).order_by("marks")
        return [marks[1] for marks in found.values_list("marks", flat=True)[:OBJECTIONS_SHOWN]]

    # --- Scores ---

    @property
    def score_rows(self) -> list[tuple]:
        """For each option its score, whether it leads, and how many gave each score from 0 to 5 or left it blank.

        The last value is the picture of these numbers: class, left edge and width of each part, in percent.
        """
        rows = []
        for option in self.options:
            score = self.result.scores[option.pk]
            given = [score.distribution.get(points, 0) for points in range(6)]
            spread = [*given, self.turnout - score.given]
            rows.append((option, score, option.pk in self.result.leaders, spread, _parts(spread)))
        return rows

    # --- Rankings ---

    @cached_property
    def rounds_shown(self) -> list[runoff_rounds.RoundShown]:
        return runoff_rounds.rounds(self.result, self.wording)

    @property
    def winner(self) -> str:
        """The wording of a run-off's winner; empty if there is none."""
        return self.wording.get(self.result.winner, "")

    @property
    def rounds(self) -> list[tuple]:
        """A row per option, the winner first and the first eliminated last: its ballots in each round.

        The number is None after the option was eliminated.
        """
        rows = [
            (option, [count.counts.get(option.pk) for count in self.result.rounds]) for option in self.options
        ]
        last = {option.pk: counts for option, counts in rows}
        stayed = {pk: [count or 0 for count in reversed(counts)] for pk, counts in last.items()}
        alive = {pk: sum(count is not None for count in counts) for pk, counts in last.items()}
        return sorted(rows, key=lambda row: (alive[row[0].pk], stayed[row[0].pk]), reverse=True)

    @property
    def seat_winners(self) -> list[str]:
        return [self.wording[option] for option in self.result.winners]

    @property
    def seat_quota(self) -> str:
        return seat_rounds.votes(self.result.rounds[-1].quota, self.result.unit)

    @property
    def seat_rows(self) -> list[tuple]:
        return seat_rounds.rows(self.result, self.wording)

    @property
    def seat_exhausted(self) -> list[str]:
        return [seat_rounds.votes(count.exhausted, self.result.unit) for count in self.result.rounds]

    @property
    def seat_sentences(self) -> list[str]:
        return seat_rounds.sentences(self.result, self.wording)

    @property
    def exhausted(self) -> list[int]:
        return [count.exhausted for count in self.result.rounds]

    @property
    def ties(self) -> list[str]:
        """A sentence for each tie that says how it was broken."""
        return [
            f"Round {count.number}: {' and '.join(self.wording[o] for o in count.tie.options)} were tied; "
            + (f"round {count.tie.told_apart_by} decided" if count.tie.told_apart_by else "the lot decided")
            for count in self.result.rounds
            if count.tie
        ]

    @property
    def ranking(self) -> list[str]:
        return [" and ".join(self.wording[option] for option in place) for place in self.result.ranking]

    @property
    def options_by_letter(self) -> list[tuple]:
        """The options, each with its letter in the headings of the columns."""
        return [(letter(number), option) for number, option in enumerate(self.options)]

    @property
    def pairs(self) -> list[tuple]:
        """The pairwise matrix: for each row its letter, its option and a cell per column.

        A cell holds the number of ballots that prefer the row to the column, and whether they are more than those that
        prefer the column. It is None on the diagonal.
        """
        wins = self.result.wins
        return [
            (
                name,
                row,
                [
                    None
                    if row.pk == column.pk
                    else (wins[row.pk][column.pk], _beats(wins, row.pk, column.pk))
                    for column in self.options
                ],
            )
            for name, row in self.options_by_letter
        ]


def _parts(spread):
    """Return the parts of a bar that shows these numbers: the highest score first, blanks last."""
    whole, left, parts = sum(spread), 0.0, []
    names = ["0", "1", "2", "3", "4", "5", "none"]
    for name, number in [*zip(names[5::-1], spread[5::-1], strict=True), (names[6], spread[6])]:
        width = 100 * number / whole if whole else 0
        if number:
            parts.append((name, f"{left:.2f}", f"{max(width - 0.5, 0.2):.2f}"))
        left += width
    return parts


def _beats(wins, one, other):
    return wins[one][other] > wins[other][one]
