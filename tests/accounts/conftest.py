import re

import pytest
from django.core import mail

PASSWORD = "correct horse battery"


@pytest.fixture
def with_password():
    """`with_password(ada)` gives Ada a password, so that she can use the sign-in form."""

    def with_password(user):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        return user

    return with_password


@pytest.fixture
def enter(with_password):
    """`enter(client, "Ada")` submits the sign-in form with a name or address and the password."""

    def enter(client, login, password=PASSWORD, **more):
        return client.post("/accounts/login/", {"login": login, "password": password, **more})

    return enter


@pytest.fixture
def signed_in_by_password(client, with_password, enter):
    """A browser that has just entered the password again, as pages about the whole account require."""

    def signed_in_by_password(user):
        enter(client, with_password(user).username)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return signed_in_by_password


@pytest.fixture
def code():
    """The code in the last mail."""
    return lambda: re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE)[1]
