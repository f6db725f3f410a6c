import re

import pytest
from django.core import mail

from accounts.mail import sending

PASSWORD = "correct horse battery"


@pytest.fixture
def with_password():
    """Sets a password, so that a member can sign in with the form: `with_password(ada)`."""

    def with_password(user):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        return user

    return with_password


@pytest.fixture
def enter(with_password):
    """Posts the sign-in form with a name or an e-mail address: `enter(client, "Ada")`."""

    def enter(client, login, password=PASSWORD, **more):
        return client.post("/accounts/login/", {"login": login, "password": password, **more})

    return enter


@pytest.fixture
def signed_in_by_password(client, with_password, enter):
    """Signs a member in and confirms the password, which pages about the account require."""

    def signed_in_by_password(user):
        enter(client, with_password(user).username)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return signed_in_by_password


@pytest.fixture
def posted(monkeypatch):
    """Sends the mails that wait, as the jobs process does, and returns all that were sent: `posted()`."""
    monkeypatch.setattr(sending, "_away_until", 0.0)

    def posted():
        sending.send_due()
        return mail.outbox

    return posted


@pytest.fixture
def code(posted):
    """Returns the code in the last mail."""
    return lambda: re.search(r"^ {4}(\S+)$", posted()[-1].body, re.MULTILINE)[1]
