"""From a member's report to what is decided about it."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from forums import acts, permissions
from forums.models import Action, Appeal, Case, Report
from forums.models.action import NotDone
from forums.models.item import kind_of
from forums.moderation import comments, log, topics, waiting
from forums.roles import Role

AGAIN = "You have reported this already. Moderators will look at it."


def report(item, *, by, rule, words: str = "") -> Report:
    """Put `item` (a comment, topic or member) before the moderators. Enough reports of trusted members hide it until
    one has looked. Raises `NotDone` for what the member did themselves, or has reported before."""
    if by == (item if kind_of(item) == "member" else item.author):
        raise NotDone("This is your own, so there is nothing to report.")
    trusted = permissions.is_trusted(by)
    try:
        with transaction.atomic():
            return _add(item, by, rule, words, trusted)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != f"report_{kind_of(item)}_once":
            raise
        raise NotDone(AGAIN) from None


def _add(item, by, rule, words, trusted):
    kind = kind_of(item)
    if kind != "member":
        # First of all, as in every change of a discussion: the last report may hide what it is about.
        item.look_again()
        if item.is_hidden or item.deleted_at:
            raise NotDone("It has been taken away already.")
    case = Case.objects.open_about(item, Case.Why.REPORTED)
    made = Report.objects.create(
        case=case, by=by, rule=rule, words=words, was_trusted=trusted, **{kind: item}
    )
    Case.objects.filter(pk=case.pk).update(reports_count=F("reports_count") + 1)
    if trusted and kind != "member":
        _hide_if_enough(case, item, rule)
    return made


def _hide_if_enough(case, item, rule):
    """What a moderator has kept once is left to moderators from then on."""
    if case.reports.filter(was_trusted=True).count() < settings.REPORTS_TO_HIDE:
        return
    if Case.objects.about(item).filter(outcome__verb__in=acts.verbs(lambda act: act.keeps)).exists():
        return
    hide = comments.hide if kind_of(item) == "comment" else topics.hide
    hide(item, role=Role.TRUSTED_REPORTS, rule=rule, case=case)


@transaction.atomic
def keep(case, *, by, reason="") -> Action:
    """Decide that nothing is wrong. What had been hidden or held until somebody looked is shown again; what has
    been waiting to be posted is posted. Of what its author has deleted meanwhile it is said that it is gone."""
    if case.kind == "held":
        return waiting.approve(case.held, by=by, reason=reason)
    case = take_up(case, "item_kept", by)
    verb = "item_gone" if case.is_gone else "item_kept"
    kept = log.record(verb, by=by, reason=reason, case=case, **{case.kind: case.item})
    show_again(case, by=by, reason=reason)
    return kept


def show_again(case, *, by, reason="") -> None:
    """What had been hidden until somebody looked at `case` is in sight from now on. Inside of the transaction of the
    act that decides so, after its line in the log."""
    if case.comment_id:
        comments.show_again(case.comment, by=by, reason=reason)
    elif case.topic_id:
        topics.show_again(case.topic, by=by, reason=reason)


@transaction.atomic
def uphold(case, *, by, rule=None, reason="") -> Action:
    """Decide that a comment or topic goes out of sight, or stays there: what had been hidden until somebody looked is
    hidden by whoever did, for their rule and reason; what has been waiting to be posted is refused."""
    if case.kind == "held":
        return waiting.refuse(case.held, by=by, rule=rule, reason=reason)
    verb = f"{case.kind}_hidden"
    case = take_up(case, verb, by)
    hide = comments.hide if case.comment_id else topics.hide
    action = hide(case.item, by=by, rule=rule, reason=reason, case=case)
    if action is None:
        before = case.item.hidden_in
        action = log.record(verb, by=by, rule=rule, reason=reason, case=case, **{case.kind: case.item})
        case.item.stay_hidden(by, action)
        Appeal.objects.pass_on(before, action)
    return action


def take_up(case, verb, by) -> Case:
    """The case as it is now, under the lock of its topic, for a transaction that decides it. Raises `NotDone` if it
    has been decided."""
    log.ask(by, verb, case.category)
    if case.discussion:
        case.item.look_again()
    case = Case.objects.select_for_update(of=["self"]).with_item().get(pk=case.pk)
    if not case.is_open:
        raise NotDone(case.taken)
    return case
