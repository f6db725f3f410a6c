"""Creates a forum: a public category, a private one, and a topic that Ada opened."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from config.caching import visitor_cache
from forums.models import Category, Topic


@pytest.fixture(autouse=True)
def _revalidate_cached_pages(monkeypatch):
    """Makes the process check a shared page at every request. Normally it trusts a page for a second."""
    monkeypatch.setattr(visitor_cache, "FRESH_SECONDS", 0)


@pytest.fixture(autouse=True)
def _committed_at_once(monkeypatch):
    """Runs `on_commit` functions at once, because the transaction around a test never commits."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, using=None, robust=False: done())


@pytest.fixture
def town(db) -> Category:
    return Category.objects.create(name="Town", slug="town")


@pytest.fixture
def stewards(db) -> Group:
    return Group.objects.create(name="Stewards")


@pytest.fixture
def vault(stewards) -> Category:
    """A category that only stewards see."""
    return Category.objects.create(name="Vault", slug="vault", see_groups=[stewards.pk])


@pytest.fixture
def open_topic(ada, town):
    """Opens a topic: `open_topic(title, **fields)`. By default Ada opens it in the town."""

    def open_topic(title="Shall we plant limes?", **fields) -> Topic:
        fields = {"author": ada, "category": town, "body": "What do you think?", "token": uuid4()} | fields
        return Topic.open(title=title, **fields)

    return open_topic


@pytest.fixture
def limes(open_topic) -> Topic:
    return open_topic()


@pytest.fixture
def opening(limes):
    return limes.comments.get(seq=1)


@pytest.fixture
def say(ben):
    """Adds a reply: `say(parent, body)`. By default Ben writes it."""

    def say(parent, body="I think so too.", author=None, token=None):
        return parent.topic.reply(author=author or ben, parent=parent, body=body, token=token or uuid4())

    return say
