"""A rule, a moderator of one category, and trusted members."""

import pytest
from django.contrib.auth.models import Group

from accounts.models.user import Trust
from forums.models import Rule
from tests.cast import member


@pytest.fixture
def rule(db) -> Rule:
    return Rule.objects.create(position=2, title="off topic", text="Stay with the topic.")


@pytest.fixture
def gardener(db, town):
    """A moderator of the town's category only."""
    user = member("Gardener")
    gardeners = Group.objects.create(name="Gardeners")
    user.groups.add(gardeners)
    town.moderator_groups = [gardeners.pk]
    town.save()
    return user


@pytest.fixture
def regulars(db):
    """Five trusted members, whose reports can hide a comment."""
    return [member(f"Regular{n}", trust=Trust.REGULAR) for n in range(5)]
