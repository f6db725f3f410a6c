"""Writing the log of moderation, and closing the cases and appeals that a new line decides."""

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from config.caching import cache_tags
from forums.access import acts, roles
from forums.access.roles import Role
from forums.models import Action, Appeal, Case
from forums.models.notifications import outbox


def check_permission(by, verb: str, *categories) -> None:
    """Raise PermissionDenied unless `by` may do this act in all these categories, or in the whole site without any."""
    for category in categories or (None,):
        if not acts.may(by, verb, category):
            raise PermissionDenied("Only moderators do this.")


def is_left_to_others(by, verb: str, concerned, undoes: Action | None = None) -> bool:
    """Whether `by` would judge their own conduct, so that another moderator must do it.

    Administrators may, because there may be no other. One query if the act undoes another moderator's act.
    """
    if by.is_superuser or not acts.ACTS[verb].judges:
        return False
    return concerned == by or bool(undoes and undoes.by_id != by.pk and undoes.concerns(by))


def record(verb: str, **said) -> Action:
    """Write a line of the log, close the cases and appeals it decides, and notify the member concerned.

    Call it in the transaction of the act. `said` are the arguments of `_entry`. Raises PermissionDenied if `by` would
    judge their own conduct.
    """
    action = _entry(verb, **said)
    action.save()
    cache_tags.invalidate(cache_tags.LISTS)  # the public log is one of them
    by = action.by
    if by and (by.is_superuser or action.member != by):
        _close_cases(action)
    if action.undoes:
        _end_appeals([action])
    if action.act.notifies:
        outbox.moderated(action.member, action, said.get("pending_post"))
    return action


def record_each(verb: str, entries: list[dict], **said) -> list[Action]:
    """Write a line for each of `entries`, whose values differ, as `record` does. Used for acts on many members.

    The caller closes the cases. Three statements for any number of lines.
    """
    actions = Action.objects.bulk_create([_entry(verb, **said, **entry) for entry in entries])
    cache_tags.invalidate(cache_tags.LISTS)
    _end_appeals([action for action in actions if action.undoes_id])
    outbox.moderated_each(actions)
    return actions


def _entry(
    verb: str, *, by=None, role: Role | None = None, comment=None, topic=None, member=None, pending_post=None,
    what: str = "", rule=None, reason: str = "", until=None, facts: dict | None = None, undoes=None, case=None,
    category=None, everywhere=False,
) -> Action:  # fmt: skip
    """The line, not saved yet.

    `by` is the moderator, or None if the site acts by itself. `member` is the member concerned, and `what` names the
    item in plain words. Both, and the `category`, follow from a comment, a topic or a pending text. `everywhere` is
    for acts that concern the whole site, as all acts on members do. They have no category.
    """
    topic = topic or (comment.topic if comment else pending_post.topic if pending_post else None)
    category = topic.category if topic else pending_post.category if pending_post else category
    if everywhere or acts.ACTS[verb].is_of_the_site:
        category = None
    role = role or (roles.role_of(by, category) if by else Role.AUTOMATIC)
    if role is None:
        # The item was moved out of the categories of `by` after the permission was checked.
        raise PermissionDenied("Only moderators do this.")
    whose = comment or pending_post or topic
    concerned = member or (whose.author if whose else None)
    if by and is_left_to_others(by, verb, concerned, undoes):
        raise PermissionDenied("What concerns yourself is decided by others.")
    return Action(
        at=timezone.now(),
        by=by,
        role=role,
        verb=verb,
        comment=comment,
        topic=topic,
        member=concerned,
        category=category,
        what=what or _what(comment, topic, member, pending_post),
        rule=rule,
        reason=reason,
        until=until,
        facts=facts or {},
        undoes=undoes,
        is_automated=by is None,
        case=case,
    )


def act_about_author(actions) -> Subquery:
    """The act about the author of the row, among acts about several members. For the values of an update."""
    about_author = Action.objects.filter(pk__in=[action.pk for action in actions], member=OuterRef("author"))
    return Subquery(about_author.order_by().values("pk"))


def _end_appeals(actions):
    """Close the appeals against the acts that these undo, as granted, and notify those who appealed."""
    appealed = Appeal.objects.pending().filter(action__in=[each.undoes_id for each in actions])
    against = set(appealed.values_list("action", flat=True))
    for action in actions:
        if action.undoes_id in against:
            appellants = Appeal.objects.filter(action=action.undoes_id).end(action)
            outbox.moderated_all(appellants - {action.member_id}, action)


def _what(comment, topic, member, pending_post):
    """Plain words for the item. Everybody can read them for ever, so they contain no title and no name."""
    if comment:
        return f"comment {comment.seq} of topic {topic.pk}"
    if pending_post:
        return f"a reply in topic {topic.pk}" if topic else "a new topic"
    return f"topic {topic.pk}" if topic else "a member" if member else ""


def _close_cases(action):
    """Close the case of the act and, if it is an act that `closes_cases`, the open case about the same item.

    The case of a pending text stays open until the text is posted or refused. Without it nobody would find the text.
    """
    case, item = action.case, action.comment or action.topic or action.member
    if case and case.pending_post_id:
        return
    if case:
        Case.objects.filter(pk=case.pk).close(action)
    if action.act.closes_cases and item:
        Case.objects.about(item).close(action)
