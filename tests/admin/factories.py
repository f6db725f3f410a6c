"""Creates a row of any model, so that tests of the admin cover models that are added later."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.models import Footprint, Sanction, User
from forums.models import (
    Action,
    Appeal,
    Case,
    Category,
    Comment,
    Debate,
    PendingPost,
    PendingRecord,
    Record,
    RecordText,
    Report,
    Rule,
    Topic,
    Watch,
)
from forums.moderation import reports
from forums.moderation.acts import log
from polls.models import Poll, SecretBallot
from tests.cast import member

_numbers = count(1)


def make_row(model):
    """Creates a row, and the rows that it points to."""
    return MAKERS.get(model, _plain)(model)


def _plain(model, **fields):
    values = {}
    for field in model._meta.concrete_fields:
        is_mine = (field.primary_key and field.has_default()) or isinstance(field, models.AutoField)
        if field.name in fields or is_mine or field.generated or getattr(field, "auto_now", False):
            continue
        if field.is_relation:
            values[field.name] = None if field.related_model is model else make_row(field.related_model)
        elif not field.null and not field.has_default():
            values[field.name] = _value(field)
    return model.objects.create(**values | fields)


def _value(field):
    number = next(_numbers)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return 1
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return timezone.now().date()
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, ArrayField | models.JSONField):
        return []
    return f"{field.name}-{number}"[: field.max_length]


def _topic(model=Topic):
    number = next(_numbers)
    return Topic.open(
        author=make_row(User),
        category=make_row(Category),
        title=f"Topic {number}",
        body="What?",
        token=uuid4(),
    )


def _comment(model):
    topic = _topic()
    return topic.reply(author=make_row(User), parent=topic.comments.get(), body="That.", token=uuid4())


def _poll(model, **said):
    topic = _topic()
    rules = {"question": "Which?", "method": "one", "results_show": "always", "secret": False}
    return Poll.open(author=topic.author, topic=topic, wordings=["A", "B"], token=uuid4(), **rules)


def _secret_ballot(model):
    poll = _poll(Poll)
    Poll.objects.filter(pk=poll.pk).update(closed_at=timezone.now(), cells={}, secret=True)
    return _plain(model, poll=poll, marks=[])


def _action(model):
    return log.record("item_kept", by=member(f"Chief{next(_numbers)}", is_superuser=True), topic=_topic())


def _in(hours):
    return timezone.now() + timedelta(hours=hours)


def _report(model):
    return reports.report(_comment(Comment), by=make_row(User), rule=make_row(Rule), words="Rude.")


def _record(model=Record):
    number = next(_numbers)
    return _plain(model, seq=number, number=number, topic=_topic(), hash=f"{number:064x}")


MAKERS = {
    User: lambda model: member(f"Member{next(_numbers)}"),
    ContentType: lambda model: model.objects.get_for_model(User),
    Topic: _topic,
    Comment: _comment,
    Poll: _poll,
    SecretBallot: _secret_ballot,
    Action: lambda model: log.record(
        "item_kept", by=member(f"Chief{next(_numbers)}", is_superuser=True), topic=_topic()
    ),
    Appeal: lambda model: _plain(model, decision=None),
    Debate: lambda model: _plain(model, starts_at=_in(1), ends_at=_in(2), ended_by=None),
    Case: lambda model: Case.objects.create(comment=_comment(Comment)),
    Report: _report,
    Footprint: lambda model: _plain(model, network="192.0.2.1"),
    PendingPost: lambda model: _plain(model, topic=None, parent=None, decision=None, comment=None),
    PendingRecord: lambda model: _plain(model, number=next(_numbers)),
    Record: _record,
    RecordText: lambda model: _plain(model, record=_record()),
    Watch: lambda model: _plain(model, topic=_topic(), comment=None, category=None, tag=None),
    UserSession: lambda model: _plain(model, ip="192.0.2.1"),
    Sanction: lambda model: _plain(model, kind="warning"),
}
"""Models whose rows follow rules that their fields do not show."""
