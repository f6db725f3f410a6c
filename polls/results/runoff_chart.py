"""Draws the rounds of a run-off: the votes of each option, the eliminated options, and where their votes went."""

from collections.abc import Mapping

from config.web.svg_chart import BAR, HEADING, WIDTH, box, letter, pattern, picture, short, tag, text
from polls.tally import RunoffResult

GAP = 30
ROUNDS_SHOWN = 12
MOVES = ".7"
"""The opacity of ribbons of moving votes. Their contrast is at least 3 to 1 in the light and the dark theme."""
EXHAUSTED = "\N{EN DASH}"


def rounds(result: RunoffResult, labels: Mapping[int, str], title: str, key: str) -> str:
    """Each round as one bar of all ballots, with ribbons that show where the votes of eliminated options went.

    If there are more than twelve rounds, draws the first and the last eleven. Empty text without a round.
    """
    return _Rounds(result, labels, key).draw(title) if result.rounds else ""


class _Rounds:
    """The layout of one run-off. From left to right, options have the order of their first-round votes."""

    def __init__(self, result, labels, key):
        first = result.rounds[0]
        self.order = sorted(first.counts, key=lambda option: (-first.counts[option], option))
        self.letters = {option: letter(number) for number, option in enumerate(self.order)}
        self.labels, self.key, self.winner = labels, key, result.winner
        self.scale = WIDTH / (first.continuing + first.exhausted)
        cut = len(result.rounds) > ROUNDS_SHOWN
        self.rounds = [first, *result.rounds[1 - ROUNDS_SHOWN :]] if cut else result.rounds

    def draw(self, title):
        step = HEADING + BAR + GAP
        drawn = []
        for row, count in enumerate(self.rounds):
            top = row * step
            drawn.append(text(0, top + 13, self._heading(count)))
            drawn.extend(self._bar(count, top + HEADING))
            following = self.rounds[row + 1] if row + 1 < len(self.rounds) else None
            if following and following.number == count.number + 1:
                drawn.extend(self._ribbons(count, following, top + HEADING + BAR, top + step + HEADING))
        top = len(self.rounds) * step
        legend = self._legend(top)
        return picture("".join([*drawn, *legend]), top + len(legend) * HEADING, title, self.key)

    def _heading(self, count):
        if count.defeated:
            names = ", ".join(self._name(option) for option in count.defeated[:3])
            more = f" and {len(count.defeated) - 3} more" if len(count.defeated) > 3 else ""
            return (
                f"Round {count.number}: {names}{more} {'are' if len(count.defeated) > 1 else 'is'} eliminated"
            )
        if self.winner is None:
            return f"Round {count.number}"
        return f"Round {count.number}: {self._name(self.winner)} wins"

    def _name(self, option):
        return f"{self.letters[option]} {short(self.labels[option], 28)}"

    def _places(self, count):
        """The left edge of each remaining option in pixels. The last one, None, is that of the exhausted ballots."""
        places, left = {}, 0.0
        for option in self.order:
            if option in count.counts:
                places[option] = left
                left += count.counts[option] * self.scale
        places[None] = left
        return places

    def _bar(self, count, top):
        for option, left in self._places(count).items():
            number = count.exhausted if option is None else count.counts[option]
            width = number * self.scale
            if width < 0.5:
                continue
            fill = "none" if option is None else pattern(self.key, self.order.index(option))
            yield box(left, top, width, fill)
            yield tag(left, top, width, EXHAUSTED if option is None else self.letters[option], number)

    def _ribbons(self, count, following, top, bottom):
        """The ribbons to the next round: first the votes that stay, then the votes of each eliminated option."""
        leave, arrive = self._places(count), self._places(following)
        for option in [*following.counts, None]:
            number = count.exhausted if option is None else count.counts[option]
            yield _ribbon(leave[option], arrive[option], number * self.scale, top, bottom, "stays")
            arrive[option] += number * self.scale
        for loser in count.defeated:
            for heir, number in self._heirs(count, loser):
                yield _ribbon(leave[loser], arrive[heir], number * self.scale, top, bottom, "moves")
                leave[loser] += number * self.scale
                arrive[heir] += number * self.scale

    def _heirs(self, count, loser):
        moves = count.transfers[loser]
        yield from ((option, moves[option]) for option in self.order if option in moves)
        if loser in count.spent:
            yield None, count.spent[loser]

    def _legend(self, top):
        lines = [f"{self._name(option)}" for option in self.order]
        lines.append(f"{EXHAUSTED} no further choice on the ballot")
        columns = [lines[start : start + 3] for start in range(0, len(lines), 3)]
        return [
            "".join(
                text(column * WIDTH / 3, top + row * HEADING + 13, line)
                for column, line in enumerate(line_of)
            )
            for row, line_of in enumerate(columns)
        ]


def _ribbon(start, end, width, top, bottom, kind):
    if width < 0.3:
        return ""
    half = (top + bottom) / 2
    down = f"M{start:.1f} {top}C{start:.1f} {half} {end:.1f} {half} {end:.1f} {bottom}h{width:.1f}"
    up = f"C{end + width:.1f} {half} {start + width:.1f} {half} {start + width:.1f} {top}z"
    opacity = MOVES if kind == "moves" else ".07"
    return f'<path class="picture-{kind}" d="{down}{up}" fill-opacity="{opacity}"/>'
