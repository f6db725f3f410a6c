"""What hosts arrange with one form."""

from django.db import transaction

from forums.models import Debate, SlowMode


@transaction.atomic
def arrange(topic, debate: Debate | None, *, by, starts_at, ends_at, question, seconds, scope) -> Debate:
    """Announce a debate of `topic`, or change the one there is; and at what pace members reply: once in so many
    `seconds`, 0 for as often as they like. Raises `NotNow`."""
    if debate is None:
        debate = Debate.announce(topic, by=by, starts_at=starts_at, ends_at=ends_at, question=question)
    else:
        debate.change(starts_at=starts_at, ends_at=ends_at)
        debate.ask(question)
    mode = SlowMode.objects.filter(topic=topic, branch=None).first()
    if seconds and (mode is None or (mode.seconds, mode.scope) != (seconds, scope)):
        SlowMode.impose(topic, seconds=seconds, scope=scope, by=by)
    elif mode and not seconds:
        SlowMode.lift(topic)
    return debate
