"""The demo fills an empty forum, always with the same rows."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forums.demo import populate
from forums.models import Comment, Topic, Vote


def test_nobody_gets_words_put_into_their_mouth(db):
    User.objects.create_user("marnie")
    with pytest.raises(CommandError, match="the member Marnie"):
        call_command("demo")
    assert not Topic.objects.exists()


def everything_said():
    """Returns all comments, with the votes on each."""
    comments = Comment.objects.order_by("topic__title", "seq").values_list("body", "ups", "downs", "path")
    return list(comments), set(Vote.objects.values_list("member__username", "comment__body", "value"))


def test_the_same_town_is_planted_every_time(db):
    empty = transaction.savepoint()
    populate.populate(timezone.now())
    first = everything_said()
    transaction.savepoint_rollback(empty)
    assert everything_said() == ([], set())
    populate.populate(timezone.now())
    assert everything_said() == first
