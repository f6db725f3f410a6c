"""Creates reports in the town, and the moderators who decide about them."""

import pytest

from forums.models import Case
from forums.moderation import reports
from tests.cast import member
from tests.forums.moderation.conftest import gardener, regulars, rule  # noqa: F401


@pytest.fixture
def rude(opening, say):
    """Ben's reply, which will be reported."""
    return say(opening, "You nincompoop.")


@pytest.fixture
def reported(rule, cleo):  # noqa: F811
    """Reports an item and returns its case: `reported(item)`. By default Cleo reports it."""

    def reported(item, by=None, words="Rude.") -> Case:
        return reports.report(item, by=by or cleo, rule=rule, words=words).case

    return reported


@pytest.fixture
def case(reported, rude) -> Case:
    return reported(rude)


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True, is_staff=True)
