"""Reported comments in the town, and an administrator who decides."""

import pytest

from forums.models import Case
from forums.moderation import reports
from tests.cast import member
from tests.forums.moderation.conftest import gardener, regulars, rule  # noqa: F401


@pytest.fixture
def rude(opening, say):
    """A reply by Ben that somebody will report."""
    return say(opening, "You nincompoop.")


@pytest.fixture
def reported(rule, cleo):  # noqa: F811
    """`reported(item)` is the case about it, reported by Cleo unless `by` names somebody else."""

    def reported(item, by=None, words="Rude.") -> Case:
        return reports.report(item, by=by or cleo, rule=rule, words=words).case

    return reported


@pytest.fixture
def case(reported, rude) -> Case:
    return reported(rude)


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True, is_staff=True)
