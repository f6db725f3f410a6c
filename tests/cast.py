"""The cast: Ada wrote the topic, Ben is a member, Cleo does not watch it, Mod moderates, Eve is suspended."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import Trust, User
from accounts.profiles import days_active
from accounts.sign_in.sessions import SessionStore


def member(name: str, **fields) -> User:
    """Creates a trusted member with a verified address and no password. Two queries; hashes nothing."""
    fields = {"trust": Trust.MEMBER, "here_on": days_active.today(), "days_here": 1} | fields
    user = User(username=name, email=f"{name.lower()}@example.org", **fields)
    user.set_unusable_password()
    user.save(force_insert=True)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def session_key_of(user: User) -> str:
    """Returns the key of a new session of `user`. Two rows; the test client's `force_login` writes three sessions."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
    return session.session_key


@pytest.fixture
def ada(db) -> User:
    return member("Ada")


@pytest.fixture
def ben(db) -> User:
    return member("Ben")


@pytest.fixture
def cleo(db) -> User:
    return member("Cleo")


def moderator(name: str) -> User:
    """Creates a moderator by group, as on a real site: neither staff nor superuser."""
    user = member(name)
    topics, _ = ContentType.objects.get_or_create(app_label="forums", model="topic")
    moderate, _ = Permission.objects.get_or_create(
        content_type=topics, codename="moderate", defaults={"name": "May moderate"}
    )
    moderators, _ = Group.objects.get_or_create(name="Moderators")
    moderators.permissions.add(moderate)
    user.groups.add(moderators)
    return user


@pytest.fixture
def mod(db) -> User:
    return moderator("Mod")


@pytest.fixture
def eve(db, mod) -> User:
    user = member("Eve")
    user.suspend(by=mod, reason="Selling watches.")
    return user


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def sign_in():
    """Returns a client that a member has signed in with: `sign_in(ada)`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key_of(user)
        return client

    return sign_in
