"""What a page costs the database, and what is in it: asked in this process, where queries can be counted."""

from typing import NamedTuple

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.trouble import Trouble
from tests.load.client.scenario import Scenario


class Inside(NamedTuple):
    cold: int
    """Queries while nothing is cached."""
    warm: int
    size: int
    """Bytes before compressing."""
    comments: int


def look(scenario: Scenario) -> Inside:
    """Ask for the page twice, first with an empty cache. Raises Trouble if there is no such page."""
    client = _client(scenario)
    cache.clear()
    cold, _ = _queries(client, scenario.path)
    warm, body = _queries(client, scenario.path)
    return Inside(cold, warm, len(body), body.count(b' id="comment-'))


def body(scenario: Scenario) -> str:
    """The page as it is now. Raises Trouble if there is none."""
    return _queries(_client(scenario), scenario.path)[1].decode()


def _client(scenario):
    return Client(headers={"host": "127.0.0.1", "cookie": scenario.cookie})


def _queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise Trouble(f"{path} answers with {answer.status_code}.")
    return len(queries), answer.content
