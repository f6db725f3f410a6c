"""Scores that order comments by their votes. The database computes them when it writes a row."""

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Least

BY_SIDE = ("for_ups", "for_downs", "against_ups", "against_downs")
"""The columns of a comment with the votes of each side of its debate."""
ENOUGH = 5
"""Votes of each side from which on a comment has a place in the bridging order, and its votes by side are shown."""
# The first part of the formula is undefined without votes.
_WILSON = (
    "(({ups} + 1.9208) / ({ups} + {downs})"
    " - 1.96 * sqrt({ups}::float8 * {downs} / ({ups} + {downs}) + 0.9604) / ({ups} + {downs}))"
    " / (1 + 3.8416 / ({ups} + {downs}))"
)


class WilsonLowerBound(Func):
    """The lower bound of the 95 % confidence interval of the share of up-votes; 0 without votes.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), with z = 1.96.
    """

    output_field = models.FloatField()
    template = (
        "(CASE WHEN ups + downs = 0 THEN 0 ELSE " + _WILSON.format(ups="ups", downs="downs") + " END)::float8"
    )


def controversy() -> Case:
    """Multiply the number of votes by how evenly they are split. 0 if all votes agree."""
    evenly = (F("ups") + F("downs")) * 1.0 * Least("ups", "downs") / Greatest("ups", "downs")
    return Case(When(Q(ups=0) | Q(downs=0), then=Value(0.0)), default=evenly)


def bridging_sql(*sums: str) -> str:
    """Return SQL for the lower of the two sides' Wilson bounds; 0 while a side has fewer than `ENOUGH` votes.

    `sums` are SQL for the numbers of `BY_SIDE`, if they are not those of the row. An update reads its old values.
    """
    return _lower_bound(*(sums or BY_SIDE))


def divided() -> RawSQL:
    """The bridging score that a comment would have if one side had voted the other way; the higher of the two."""
    one = _lower_bound("for_ups", "for_downs", "against_downs", "against_ups")
    other = _lower_bound("for_downs", "for_ups", "against_ups", "against_downs")
    return RawSQL(f"greatest({one}, {other})", [], output_field=models.FloatField())


def _lower_bound(for_ups, for_downs, against_ups, against_downs):
    fewest = f"least({for_ups} + {for_downs}, {against_ups} + {against_downs})"
    one, other = (
        _WILSON.format(ups=for_ups, downs=for_downs),
        _WILSON.format(ups=against_ups, downs=against_downs),
    )
    # Rounding can make a bound a little less than 0.
    return f"(CASE WHEN {fewest} < {ENOUGH} THEN 0 ELSE greatest(0, least({one}, {other})) END)::float8"
