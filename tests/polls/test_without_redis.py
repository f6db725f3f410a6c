"""Without Postgres a ballot is refused at once, and no page claims that it was counted."""

from uuid import uuid4

import pytest
from django.db import connection

from polls.models import Ballot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def away():
    """Sends new connections to an address without Postgres, and back."""
    connection.close()
    there = connection.settings_dict["HOST"]

    def lead(host="/tmp/fm-nowhere"):
        connection.close()
        connection.settings_dict["HOST"] = host

    yield lead
    lead(there)


def test_a_vote_without_postgres_is_not_counted_and_says_so(open_poll, ben, sign_in, away):
    poll = open_poll()
    browser = sign_in(ben)
    browser.get(poll.get_absolute_url())  # its session is in Redis now
    fields = {"option": poll.option_ids[0], "token": uuid4()}
    there = connection.settings_dict["HOST"]
    browser.raise_request_exception = False
    away()
    refused = browser.post(f"/poll/{poll.pk}/vote/", fields)
    away(there)
    assert refused.status_code == 503 and refused["Retry-After"] == "5"
    assert "Not counted, try again" in refused.content.decode()
    assert Ballot.objects.count() == 0
    assert browser.post(f"/poll/{poll.pk}/vote/", fields).status_code == 303
    assert Ballot.objects.count() == 1
