"""Acts on debates that other members host, and on outcomes that other members gave."""

from django.db import transaction

from forums.models import Action, Outcome
from forums.models.moderation.action import Overtaken
from forums.moderation.acts import log


@transaction.atomic
def end(debate, *, by) -> Action | None:
    """End a debate before its time. Raises `NotNow` if it has not begun."""
    log.check_permission(by, "debate_ended", debate.topic.category)
    if not debate.hold() or debate.ended_at:
        return None
    debate.end(by=by)
    return log.record("debate_ended", by=by, topic=debate.topic)


@transaction.atomic
def cancel(debate, *, by) -> Action | None:
    """Call off a debate before it begins. Raises `NotNow` afterwards."""
    log.check_permission(by, "debate_cancelled", debate.topic.category)
    if not debate.hold():
        return None
    debate.cancel()
    return log.record("debate_cancelled", by=by, topic=debate.topic)


@transaction.atomic
def change_outcome(subject, *, by, reason="", rule=None, **said) -> Action | None:
    """Change the outcome of a poll or debate. Raises `Refused` like `Outcome.objects.decide`, whose values it takes."""
    log.check_permission(by, "outcome_changed", subject.topic.category)
    outcome = Outcome.objects.decide(subject, by=by, **said)
    return outcome and _record("outcome_changed", outcome, by=by, rule=rule, reason=reason)


@transaction.atomic
def withdraw_outcome(outcome, *, by, rule=None, reason="") -> Action | None:
    """Withdraw an outcome, so that only moderators see it."""
    log.check_permission(by, "outcome_withdrawn", outcome.topic.category)
    is_done = outcome.withdraw(by=by)
    return _record("outcome_withdrawn", outcome, by=by, rule=rule, reason=reason) if is_done else None


@transaction.atomic
def restore_outcome(action: Action, *, by, reason="", undoes) -> Action | None:
    """Undo a withdrawal. Raises `Overtaken` if the outcome was given again meanwhile."""
    log.check_permission(by, "outcome_restored", action.topic.category)
    outcome = Outcome.objects.select_related("topic__category__parent").get(pk=action.facts["outcome"])
    if not outcome.restore(by=by):
        raise Overtaken("The outcome has been given again since.")
    return _record("outcome_restored", outcome, by=by, reason=reason, undoes=undoes)


def _record(verb, outcome, **said):
    what = f"an outcome in topic {outcome.topic_id}"
    facts = {"outcome": outcome.pk}
    return log.record(verb, topic=outcome.topic, member=outcome.decided_by, what=what, facts=facts, **said)
