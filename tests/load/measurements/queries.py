"""Counts the queries of a page and measures its size, in this process with Django's test client."""

from typing import NamedTuple

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.management.operator_error import OperatorError
from tests.load.client.scenario import Scenario


class PageCost(NamedTuple):
    cold: int
    """Queries with an empty cache."""
    warm: int
    """Queries of the second request."""
    size: int
    """Bytes before compression."""
    comments: int


def measure(scenario: Scenario) -> PageCost:
    """Request the page twice, first with an empty cache. Raises OperatorError if the page does not exist."""
    client = _client(scenario)
    cache.clear()
    cold, _ = _queries(client, scenario.path)
    warm, body = _queries(client, scenario.path)
    return PageCost(cold, warm, len(body), body.count(b' id="comment-'))


def body(scenario: Scenario) -> str:
    """The page's HTML. Raises OperatorError if the page does not exist."""
    return _queries(_client(scenario), scenario.path)[1].decode()


def _client(scenario):
    return Client(headers={"host": "127.0.0.1", "cookie": scenario.cookie})


def _queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise OperatorError(f"{path} responds with {response.status_code}.")
    return len(queries), response.content
