"""The course of a debate in figures: how many stood where and when, who moved, and what was valued most.

Computed while it runs for its chart, and once at its end for good (`Debate.summary`).
"""

from collections import Counter
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from forums.models.comment import Comment
from forums.models.side import SideChange, Stand

POINTS = 120
"""Moments of the balance that are kept: a chart has no room for more."""
VALUED = 10
"""Comments kept for each side: more than are shown, because some may be taken away later."""
NO_SIDE = ""


class Choice(NamedTuple):
    """A side as it was chosen, in seconds since the start of the debate; below 0 before it."""

    member: int
    stand: str
    second: int


def choices(debate) -> list[Choice]:
    """Every choice, oldest first. One query."""
    made = debate.side_changes.order_by("at", "pk").values_list("member", "stand", "at")
    return [Choice(who, stand, int((at - debate.starts_at).total_seconds() // 1)) for who, stand, at in made]


def balance(made: list[Choice]) -> list[list[int]]:
    """Each a second of the debate and how many stood for, undecided and against it from then on; the first is the
    beginning, with those who had chosen before."""
    held, counts = {}, Counter()
    moments = {0: [0, 0, 0]}
    for member, stand, second in made:
        counts[held.get(member)] -= 1
        counts[stand] += 1
        held[member] = stand
        moments[max(second, 0)] = [counts[each] for each in Stand]
    return _thinned([[second, *numbers] for second, numbers in moments.items()])


def moves(made: list[Choice]) -> list[list]:
    """How many went from one side to another, or stayed: the first that each member chose, the last, the number."""
    first, last = {}, {}
    for member, stand, _ in made:
        first.setdefault(member, stand)
        last[member] = stand
    counted = Counter((first[member], last[member]) for member in first)
    return [[came, went, counted[came, went]] for came in Stand for went in Stand if counted[came, went]]


def figures(debate) -> dict:
    """The debate summed up, as JSON holds it. Three queries."""
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
    """What was said in it and can be read."""
    within = (debate.started_at, debate.ended_at)
    return Comment.objects.filter(topic=debate.pk, seq__gt=1, created_at__range=within).readable()


def _valued(debate, said):
    """Ids of the comments that stand best by their votes (the Wilson bound, `forums.models.scores`), for each side
    that has any. A comment belongs to the side on which its author stood then; to their first one, if they chose
    later."""
    own = SideChange.objects.filter(debate=debate, member=OuterRef("author")).values("stand")
    then = Subquery(own.filter(at__lte=OuterRef("created_at")).order_by("-at", "-pk")[:1])
    ranked = said.filter(best__gt=0).annotate(
        stand=Coalesce(then, Subquery(own.order_by("at", "pk")[:1])),
        place=Window(RowNumber(), partition_by=F("stand"), order_by=[F("best").desc(), F("seq").asc()]),
    )
    valued = {}
    best = ranked.filter(place__lte=VALUED).order_by("place").values_list("stand", "pk")
    for stand, pk in best:
        valued.setdefault(stand or NO_SIDE, []).append(pk)
    return valued


def _thinned(moments):
    """The last of each of `POINTS` equal parts of the time, and the beginning."""
    if len(moments) <= POINTS:
        return moments
    length = moments[-1][0] + 1
    kept = {moment[0] * (POINTS - 1) // length: moment for moment in moments[1:]}
    return [moments[0], *kept.values()]
