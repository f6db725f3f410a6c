"""Ada's topic, and a debate in it: announced, running or over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Debate, Side, Topic

HOUR = timedelta(hours=1)


@pytest.fixture
def announce(limes, mod):
    """`announce(starts=1, ends=2)` is a debate that begins in an hour and ends in two; less than 0 is past."""

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
    """Its time is over, and nobody has looked yet."""
    return announce(-2, -1)


@pytest.fixture
def stand():
    """`stand(debate, ben, "for")` has Ben take that side now."""
    return lambda debate, member, stand: Side.objects.choose(debate, member=member, stand=stand)


@pytest.fixture
def fresh():
    """`fresh(limes)` is the topic as the database has it."""
    return lambda topic: Topic.objects.get(pk=topic.pk)
