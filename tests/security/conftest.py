"""The forum's own town, and browsers that refuse forms without a token, as real ones do."""

import pytest
from django.test import Client

from tests.forums.conftest import (  # noqa: F401
    _ask_the_stamps_each_time,
    _committed_at_once,
    limes,
    open_topic,
    opening,
    say,
    stewards,
    town,
    vault,
)

OWN = {"origin": "http://testserver"}


@pytest.fixture
def careful():
    """`careful(ben)` is a browser whose forms need their token; `careful()` a visitor's."""

    def careful(user=None) -> Client:
        client = Client(enforce_csrf_checks=True)
        if user:
            client.force_login(user)
        client.cookies["csrftoken"] = "a" * 32
        return client

    return careful
