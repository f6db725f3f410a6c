"""The poll of the demo."""

from io import StringIO

import pytest
from django.core.management import call_command

from forums.models import Topic
from polls.ballots import closing, voting
from polls.counting import ballot_count, outcome
from polls.models import Poll, Voter
from tests.cast import member

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def populated(create_shared):
    output = StringIO()
    create_shared(lambda: call_command("demo", stdout=output))
    assert output.getvalue().endswith("8040 votes, 2 debates, 1 poll.\n")


@pytest.fixture
def poll(populated):
    return Poll.objects.for_page().get()


def test_the_demo_has_an_open_secret_poll_with_ballots_in_it(poll, sign_in, ben):
    assert poll.is_open and poll.secret and poll.method == "runoff"
    topic = Topic.objects.get(title__startswith="Shall the Saturday market")
    assert (poll.topic, poll.author, topic.panel_count) == (topic, topic.author, 1)
    assert ballot_count.count(poll)[0]["ballots"] == poll.voters.count() == 23
    page = sign_in(ben).get(topic.get_absolute_url()).content.decode()
    assert poll.question in page and "<b data-turnout>23</b>" in page and 'class="picture"' not in page


def test_its_results_show_after_voting_and_have_several_rounds(poll, sign_in):
    ann = member("Ann")
    voting.cast(poll, member=ann, marks=[[poll.option_ids[0]]], token=poll.token)
    page = sign_in(ann).get(poll.get_absolute_url()).content.decode()
    assert page.count("All rounds, and where votes went") == 1
    closed = closing.close(poll)
    assert len(outcome.result(poll, outcome.cells(closed)).rounds) > 2
    assert outcome.result(poll, outcome.cells(closed)).winner is not None
    assert Voter.objects.count() == 24
