"""Creates an administrator, and a moderator who may view every table but not the vault."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.cast import member
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


@pytest.fixture
def root(db) -> User:
    return member("Root", is_staff=True, is_superuser=True)


@pytest.fixture
def clerk(mod) -> User:
    mod.is_staff = True
    mod.save(update_fields=["is_staff"])
    mod.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return User.objects.get(pk=mod.pk)
