"""The debates of the demo forum."""

import pytest
from django.core.management import call_command

from forums.models import Comment, Debate, Topic

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def populated(create_shared):
    create_shared(lambda: call_command("demo"))


@pytest.fixture
def town(populated, db):
    """The demo forum."""


def test_one_is_announced_with_sides_and_slow_mode(town, visitor):
    debate = Debate.objects.get(ended_at=None)
    assert debate.is_announced and debate.topic.is_slow
    assert debate.sides.count() == 6
    page = visitor.get(debate.topic.get_absolute_url()).text
    assert debate.question in page and "each member may reply once a minute" in page


def test_the_other_is_summed_up_with_what_was_said_in_it(town, visitor):
    debate = Debate.objects.exclude(ended_at=None).get()
    topic = Topic.objects.get(pk=debate.pk)
    assert topic.is_locked and debate.summary["comments"] == topic.comment_count
    assert debate.summary["early"] == 10
    assert sum(number for first, last, number in debate.summary["moves"] if first != last) == 6
    said = Comment.objects.filter(topic=topic, seq__gt=1, author__sides__debate=debate)
    moments = dict(debate.side_changes.order_by("-at").values_list("member", "at"))
    assert moments.keys() <= set(said.values_list("author", flat=True))
    page = visitor.get(debate.summary_address)
    assert page.status_code == 200
    assert page.text.count('<svg class="picture"') == 1
    assert "Each speaker sees a <strong>lamp</strong>" in page.text
