"""Scores that order comments by their votes. The database computes them when it writes a row."""

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Greatest, Least


class WilsonLowerBound(Func):
    """The lower bound of the 95 % confidence interval of the share of up-votes; 0 without votes.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), with z = 1.96.
    """

    output_field = models.FloatField()
    template = (
        "(CASE WHEN ups + downs = 0 THEN 0 ELSE "
        "((ups + 1.9208) / (ups + downs) - 1.96 * sqrt(ups::float8 * downs / (ups + downs) + 0.9604) / (ups + downs))"
        " / (1 + 3.8416 / (ups + downs)) END)::float8"
    )


def controversy() -> Case:
    """Multiply the number of votes by how evenly they are split. 0 if all votes agree."""
    evenly = (F("ups") + F("downs")) * 1.0 * Least("ups", "downs") / Greatest("ups", "downs")
    return Case(When(Q(ups=0) | Q(downs=0), then=Value(0.0)), default=evenly)
