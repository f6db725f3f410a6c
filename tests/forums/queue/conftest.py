"""What has been reported in the town, and who decides about it."""

import pytest

from forums.models import Case
from forums.moderation import reports
from tests.cast import member
from tests.forums.moderation.conftest import gardener, regulars, rule  # noqa: F401


@pytest.fixture
def rude(opening, say):
    """Ben's reply, which somebody is going to report."""
    return say(opening, "You nincompoop.")


@pytest.fixture
def reported(rule, cleo):  # noqa: F811
    """`reported(item)` is the case about it, by Cleo's report unless said otherwise."""

    def reported(item, by=None, words="Rude.") -> Case:
        return reports.report(item, by=by or cleo, rule=rule, words=words).case

    return reported


@pytest.fixture
def case(reported, rude) -> Case:
    return reported(rude)


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True, is_staff=True)
