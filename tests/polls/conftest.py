"""Fixtures: Ada's topic, and polls in it."""

from uuid import uuid4

import pytest

from forums.models import Category, Topic
from polls.models import Poll
from tests.cast import member


@pytest.fixture
def topic(ada) -> Topic:
    category = Category.objects.create(name="Town", slug="town")
    return Topic.open(author=ada, category=category, title="The market", body="Where?", token=uuid4())


@pytest.fixture
def open_poll(topic):
    """`open_poll(method="one", options=3, secret=False, …)` opens a poll for everyone."""

    def open_poll(method="one", options=3, **rules) -> Poll:
        wordings = [f"Option {number}" for number in range(1, options + 1)]
        kinds = ["", "abstain", "object"] if method == "consent" else []
        rules = {"secret": False, "results_show": "always", "question": "Which?"} | rules
        poll = Poll.open(
            author=topic.author,
            topic=topic,
            wordings=wordings,
            token=uuid4(),
            method=method,
            kinds=kinds,
            **rules,
        )
        return Poll.objects.for_page().get(pk=poll.pk)

    return open_poll


@pytest.fixture
def crowd(db):
    """`crowd(5)` returns five members."""
    return lambda number: [member(f"Voter{place}") for place in range(1, number + 1)]
