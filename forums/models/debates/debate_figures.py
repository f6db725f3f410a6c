"""Computes a debate's figures: how many chose each side over time, who changed sides, and the best comments.

They are computed for the chart while it runs, and stored at the end (`Debate.summary`).
"""

from collections import Counter
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from forums.models.debates.side import SideChange, Stand
from forums.models.discussion import scores
from forums.models.discussion.comment import Comment

POINTS = 120
"""Moments of the balance that are stored. A chart has no room for more."""
VALUED = 10
"""Comments stored for each side: more than are shown, because some may be removed later."""
NO_SIDE = ""
BOTH, DIVIDED = "both", "divided"
"""Beside the sides: comments that both sides value, and those that divide them most."""


class Choice(NamedTuple):
    """A choice of a side. `second` counts from the start of the debate and is below 0 before it."""

    member: int
    stand: str
    second: int


def choices(debate) -> list[Choice]:
    """Return every choice, oldest first. One query."""
    made = debate.side_changes.order_by("at", "pk").values_list("member", "stand", "at")
    return [Choice(who, stand, int((at - debate.starts_at).total_seconds() // 1)) for who, stand, at in made]


def balance(made: list[Choice]) -> list[list[int]]:
    """Return rows of a second of the debate and the numbers for, undecided and against from then on.

    The first row is the start, with the choices made before it.
    """
    held, counts = {}, Counter()
    moments = {0: [0, 0, 0]}
    for member, stand, second in made:
        counts[held.get(member)] -= 1
        counts[stand] += 1
        held[member] = stand
        moments[max(second, 0)] = [counts[each] for each in Stand]
    return _thinned([[second, *numbers] for second, numbers in moments.items()])


def moves(made: list[Choice]) -> list[list]:
    """Return rows of a member's first side, their last side, and the number of members with both."""
    first, last = {}, {}
    for member, stand, _ in made:
        first.setdefault(member, stand)
        last[member] = stand
    counted = Counter((first[member], last[member]) for member in first)
    return [[came, went, counted[came, went]] for came in Stand for went in Stand if counted[came, went]]


def figures(debate) -> dict:
    """Return the summary in JSON types. Five queries."""
    made = choices(debate)
    said = _said(debate)
    counted = said.aggregate(comments=Count("pk"), writers=Count("author", distinct=True))
    return {
        "seconds": int((debate.ended_at - debate.started_at).total_seconds()),
        "comments": counted["comments"],
        "writers": counted["writers"],
        "early": len({choice.member for choice in made if choice.second < 0}),
        "moves": moves(made),
        "balance": balance(made),
        "valued": _valued(debate, said),
    }


def _said(debate):
    """Return the comments written during the debate that can be read."""
    within = (debate.started_at, debate.ended_at)
    return Comment.objects.filter(topic=debate.pk, seq__gt=1, created_at__range=within).readable()


def _valued(debate, said):
    """Return the ids of the best comments by side, ranked by the Wilson bound (`forums.models.discussion.scores`).

    Those that both sides value, and those that divide them, are added under `BOTH` and `DIVIDED`.
    A comment belongs to its author's side when they wrote it, or to their first side if they chose later.
    """
    own = SideChange.objects.filter(debate=debate, member=OuterRef("author")).values("stand")
    then = Subquery(own.filter(at__lte=OuterRef("created_at")).order_by("-at", "-pk")[:1])
    ranked = said.filter(best__gt=0).annotate(
        stand=Coalesce(then, Subquery(own.order_by("at", "pk")[:1])),
        place=Window(RowNumber(), partition_by=F("stand"), order_by=[F("best").desc(), F("seq").asc()]),
    )
    valued = _by_both(said)
    best = ranked.filter(place__lte=VALUED).order_by("place").values_list("stand", "pk")
    for stand, pk in best:
        valued.setdefault(stand or NO_SIDE, []).append(pk)
    return valued


def _by_both(said):
    """Return the ids of the comments that both sides value, and of those that one side values and the other rejects."""
    liked = {side: Q((f"{side}_ups__gt", F(f"{side}_downs"))) for side in (Stand.FOR, Stand.AGAINST)}
    rejected = {side: Q((f"{side}_downs__gt", F(f"{side}_ups"))) for side in (Stand.FOR, Stand.AGAINST)}
    split = liked[Stand.FOR] & rejected[Stand.AGAINST] | rejected[Stand.FOR] & liked[Stand.AGAINST]
    both = said.filter(*liked.values(), bridging__gt=0).order_by("-bridging", "seq")
    divided = (
        said.filter(split).alias(divided=scores.divided()).filter(divided__gt=0).order_by("-divided", "seq")
    )
    found = {BOTH: both, DIVIDED: divided}
    ids = {name: list(comments.values_list("pk", flat=True)[:VALUED]) for name, comments in found.items()}
    return {name: those for name, those in ids.items() if those}


def _thinned(moments):
    """Keep the last moment in each of `POINTS` equal parts of the time, and the first moment."""
    if len(moments) <= POINTS:
        return moments
    length = moments[-1][0] + 1
    kept = {moment[0] * (POINTS - 1) // length: moment for moment in moments[1:]}
    return [moments[0], *kept.values()]
