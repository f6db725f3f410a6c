"""Provides the fixtures of the forum, and clients for which Django checks the CSRF token."""

import pytest
from django.test import Client

from tests.forums.conftest import (  # noqa: F401
    _committed_at_once,
    _revalidate_cached_pages,
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
    """Returns a client whose posts need a CSRF token: `careful(ben)`, or `careful()` for a visitor."""

    def careful(user=None) -> Client:
        client = Client(enforce_csrf_checks=True)
        if user:
            client.force_login(user)
        client.cookies["csrftoken"] = "a" * 32
        return client

    return careful
