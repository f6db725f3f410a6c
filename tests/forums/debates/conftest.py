"""Creates a debate in Ada's topic: announced, running or over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Debate, Side, Topic

HOUR = timedelta(hours=1)


@pytest.fixture
def announce(limes, mod):
    """Announces a debate: `announce(starts=1, ends=2)` begins in one hour and ends in two. Negative hours are past."""

    def announce(starts=1.0, ends=2.0, topic=limes, by=mod, question="Limes or oaks?") -> Debate:
        now = timezone.now()
        times = {"starts_at": now + starts * HOUR, "ends_at": now + ends * HOUR}
        Debate.announce(topic, by=by, question=question, **times)
        return Debate.objects.with_topic().get(pk=topic.pk)

    return announce


@pytest.fixture
def coming(announce):
    return announce()


@pytest.fixture
def running(announce):
    return announce(-1, 1)


@pytest.fixture
def over(announce):
    """A debate whose end has passed and has not been recorded yet."""
    return announce(-2, -1)


@pytest.fixture
def stand():
    """Lets a member choose a side now: `stand(debate, ben, "for")`."""
    return lambda debate, member, stand: Side.objects.choose(debate, member=member, stand=stand)


@pytest.fixture
def fresh():
    """Loads a topic again: `fresh(limes)`."""
    return lambda topic: Topic.objects.get(pk=topic.pk)
