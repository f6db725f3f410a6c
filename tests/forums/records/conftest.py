"""Fixtures: a debate with comments that has ended, and its record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.models import Debate, Record, SideChange
from forums.records import writing


@pytest.fixture
def debate(limes, opening, ben, cleo) -> Debate:
    """A debate of Ada's topic in which Ben changes his side and edits his comment; it is still running."""
    now = timezone.now()
    debate = Debate.announce(
        limes,
        by=limes.author,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
        question="Should they stay?",
    )
    for member, stand, minutes in ((ben, "for", -70), (cleo, "against", -50), (ben, "against", -10)):
        SideChange.objects.create(
            debate=debate, member=member, stand=stand, at=now + timedelta(minutes=minutes)
        )
    comment = limes.reply(author=ben, parent=opening, body="They are rotten.", token=uuid4())
    comment.edit(by=ben, body="They are old.")
    return debate


@pytest.fixture
def record(debate, ada) -> Record:
    debate.end(by=ada)
    writing.write_due()
    return Record.objects.get()
