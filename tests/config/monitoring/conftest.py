"""The forum and the polls of other tests."""

import pytest

from tests.forums.conftest import _committed_at_once, limes, open_topic, opening, town  # noqa: F401
from tests.polls.conftest import open_poll  # noqa: F401


@pytest.fixture
def topic(limes):  # noqa: F811
    """The topic of the polls."""
    return limes
