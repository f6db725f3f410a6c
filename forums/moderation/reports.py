"""Members report an item, and moderators keep or hide it."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from forums.access import acts, permissions
from forums.access.roles import Role
from forums.models import Action, Appeal, Case, Report
from forums.models.moderation.about_item import kind_of
from forums.models.moderation.action import NotDone
from forums.moderation.acts import comments, log, pending, topics

AGAIN = "You have reported this already. Moderators will look at it."


def report(item, *, by, rule, words: str = "") -> Report:
    """Report `item` (a comment, topic or member) to the moderators. Enough reports of trusted members hide it.

    It then stays hidden until a moderator has looked at it. Raises `NotDone` for the member's own items, and for
    those that they have reported before.
    """
    is_member = kind_of(item) == "member"
    if not is_member and (item if kind_of(item) == "topic" else item.topic).is_moving:
        raise NotDone(permissions.MOVING)
    if by == (item if is_member else item.author):
        raise NotDone("You cannot report yourself or your own texts.")
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
        # The topic is locked before anything else, as in every change of a discussion. This report may hide the item.
        item.lock_and_refresh()
        if item.is_hidden or item.deleted_at:
            raise NotDone("This has been hidden or deleted already.")
    case = Case.objects.open_about(item, Case.Why.REPORTED)
    made = Report.objects.create(
        case=case, by=by, rule=rule, words=words, was_trusted=trusted, **{kind: item}
    )
    Case.objects.filter(pk=case.pk).update(reports_count=F("reports_count") + 1)
    if trusted and kind != "member":
        _hide_if_enough(case, item, rule)
    return made


def _hide_if_enough(case, item, rule):
    """Hide the item if enough trusted members have reported it, unless a moderator has ever kept it."""
    if case.reports.filter(was_trusted=True).count() < settings.REPORTS_TO_HIDE:
        return
    if Case.objects.about(item).filter(outcome__verb__in=acts.verbs(lambda act: act.keeps)).exists():
        return
    hide = comments.hide if kind_of(item) == "comment" else topics.hide
    hide(item, role=Role.TRUSTED_REPORTS, rule=rule, case=case)


@transaction.atomic
def keep(case, *, by, reason="") -> Action:
    """Decide that an item may stay.

    If the site had hidden it until a moderator looked, it is shown again. A pending text is posted. If the author has
    deleted the item meanwhile, the log says so.
    """
    if case.kind == "pending_post":
        return pending.approve(case.pending_post, by=by, reason=reason)
    case = take_up(case, "item_kept", by)
    verb = "item_gone" if case.is_gone else "item_kept"
    kept = log.record(verb, by=by, reason=reason, case=case, **{case.kind: case.item})
    show_again(case, by=by, reason=reason)
    return kept


def show_again(case, *, by, reason="") -> None:
    """Show the item of `case` if only the site had hidden it. Call it in the act's transaction, after it is logged."""
    if case.comment_id:
        comments.show_again(case.comment, by=by, reason=reason)
    elif case.topic_id:
        topics.show_again(case.topic, by=by, reason=reason)


@transaction.atomic
def uphold(case, *, by, rule=None, reason="") -> Action:
    """Decide that a comment or topic is hidden, or that a pending text is refused.

    An item that the site had hidden already stays hidden, from now on by this moderator, for their rule and reason.
    """
    if case.kind == "pending_post":
        return pending.refuse(case.pending_post, by=by, rule=rule, reason=reason)
    verb = f"{case.kind}_hidden"
    case = take_up(case, verb, by)
    hide = comments.hide if case.comment_id else topics.hide
    action = hide(case.item, by=by, rule=rule, reason=reason, case=case)
    if action is None:
        before = case.item.hidden_in
        action = log.record(verb, by=by, rule=rule, reason=reason, case=case, **{case.kind: case.item})
        case.item.reattribute_hiding(by, action)
        Appeal.objects.pass_on(before, action)
    return action


def take_up(case, verb, by) -> Case:
    """Lock the topic and the case, and load the case again, for a transaction that decides it.

    Raises `NotDone` if it has been decided already.
    """
    log.check_permission(by, verb, case.category)
    if case.discussion:
        case.item.lock_and_refresh()
    case = Case.objects.select_for_update(of=["self"]).with_item().get(pk=case.pk)
    if not case.is_open:
        raise NotDone(case.claim_refusal)
    return case
