"""A town's forum: a public category, a private one, and a topic that Ada opened."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from config import sharing
from forums.models import Category, Topic


@pytest.fixture(autouse=True)
def _ask_the_stamps_each_time(monkeypatch):
    """A process trusts a shared page for a second; tests do not wait that long between changing and looking."""
    monkeypatch.setattr(sharing, "TRUSTED", 0)


@pytest.fixture(autouse=True)
def _committed_at_once(monkeypatch):
    """Tests run inside a transaction that never commits, so what waits for the commit is done straight away."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, using=None, robust=False: done())


@pytest.fixture
def town(db) -> Category:
    return Category.objects.create(name="Town", slug="town")


@pytest.fixture
def stewards(db) -> Group:
    return Group.objects.create(name="Stewards")


@pytest.fixture
def vault(stewards) -> Category:
    """Seen by stewards alone."""
    return Category.objects.create(name="Vault", slug="vault", see_groups=[stewards.pk])


@pytest.fixture
def open_topic(ada, town):
    """`open_topic(title)` is a new topic by Ada; everything can be said otherwise."""

    def open_topic(title="Shall we plant limes?", **said) -> Topic:
        said = {"author": ada, "category": town, "body": "What do you think?", "token": uuid4()} | said
        return Topic.open(title=title, **said)

    return open_topic


@pytest.fixture
def limes(open_topic) -> Topic:
    return open_topic()


@pytest.fixture
def opening(limes):
    return limes.comments.get(seq=1)


@pytest.fixture
def say(ben):
    """`say(parent, text)` is a reply, by Ben unless said otherwise."""

    def say(parent, body="I think so too.", author=None, token=None):
        return parent.topic.reply(author=author or ben, parent=parent, body=body, token=token or uuid4())

    return say
