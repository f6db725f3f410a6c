"""Writing the log, and what an entry ends."""

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from config import stamps
from forums import acts, notify, roles
from forums.models import Action, Appeal, Case
from forums.roles import Role


def ask(by, verb: str, *categories) -> None:
    """Raise PermissionDenied unless `by` may do this in every one of the categories; without any, in the site."""
    for category in categories or (None,):
        if not acts.may(by, verb, category):
            raise PermissionDenied("Only moderators do this.")


def is_left_to_others(by, verb: str, concerned, undoes: Action | None = None) -> bool:
    """Would `by` decide about themselves? Administrators may, for they may be alone. A query where it undoes what
    somebody else has done."""
    if by.is_superuser or not acts.ACTS[verb].judges:
        return False
    return concerned == by or bool(undoes and undoes.by_id != by.pk and undoes.concerns(by))


def record(verb: str, **said) -> Action:
    """Add a line to the log, and close what it decides. Inside of the act's own transaction; `said` as in `_entry`.

    Raises PermissionDenied where `by` would decide about themselves.
    """
    action = _entry(verb, **said)
    action.save()
    stamps.touch(stamps.LISTS)  # the public log is one of them
    by = action.by
    if by and (by.is_superuser or action.member != by):
        _settle(action)
    if action.undoes:
        _end_appeals([action])
    if action.act.notifies:
        notify.moderated(action.member, action)
    return action


def record_each(verb: str, entries: list[dict], **said) -> list[Action]:
    """The same as many lines, which differ in what `entries` say: what is done to many members at once. Whoever does
    it also closes what it decides. Three statements for any number."""
    actions = Action.objects.bulk_create([_entry(verb, **said, **entry) for entry in entries])
    stamps.touch(stamps.LISTS)
    _end_appeals([action for action in actions if action.undoes_id])
    notify.moderated_each(actions)
    return actions


def _entry(
    verb: str, *, by=None, role: Role | None = None, comment=None, topic=None, member=None, held=None,
    what: str = "", rule=None, reason: str = "", until=None, facts: dict | None = None, undoes=None, case=None,
    category=None, everywhere=False,
) -> Action:  # fmt: skip
    """The line, not yet saved.

    `by` is whoever acts, and None where the site does so by itself. `member` is the one concerned, `what` the plain
    words for what it was done to; for a comment, a topic or a held text both are known, and the `category`. What holds
    `everywhere`, as all that is done to members does, is for moderators of the site, whichever category it began in.
    """
    topic = topic or (comment.topic if comment else held.topic if held else None)
    category = topic.category if topic else held.category if held else category
    if everywhere or acts.ACTS[verb].is_of_the_site:
        category = None
    role = role or (roles.role_of(by, category) if by else Role.AUTOMATIC)
    if role is None:
        # It has been moved out of their hands since they were asked.
        raise PermissionDenied("Only moderators do this.")
    whose = comment or held or topic
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
        what=what or _what(comment, topic, member, held),
        rule=rule,
        reason=reason,
        until=until,
        facts=facts or {},
        undoes=undoes,
        is_automated=by is None,
        case=case,
    )


def act_about_author(actions) -> Subquery:
    """Of acts about several members, the one about the author of the row that is written: for `update`."""
    about_author = Action.objects.filter(pk__in=[action.pk for action in actions], member=OuterRef("author"))
    return Subquery(about_author.order_by().values("pk"))


def _end_appeals(actions):
    """Whoever has appealed against what these undo has what they asked for."""
    appealed = Appeal.objects.waiting().filter(action__in=[each.undoes_id for each in actions])
    against = set(appealed.values_list("action", flat=True))
    for action in actions:
        if action.undoes_id in against:
            appellants = Appeal.objects.filter(action=action.undoes_id).end(action)
            notify.moderated_all(appellants - {action.member_id}, action)


def _what(comment, topic, member, held):
    """Says of which thing it is told, and nothing that could not be told to everybody for ever."""
    if comment:
        return f"comment {comment.seq} of topic {topic.pk}"
    if held:
        return f"a reply in topic {topic.pk}" if topic else "a new topic"
    return f"topic {topic.pk}" if topic else "a member" if member else ""


def settle_comments(action: Action, comments) -> None:
    """End all cases about these comments, as one act has decided them together."""
    Case.objects.filter(comment__in=comments).close(action)


def _settle(action):
    """What people do decides the case that they were looking at, and often others about the same thing. A text that
    waits goes on waiting until it is posted or refused: nobody would find it without its case."""
    case, item = action.case, action.comment or action.topic or action.member
    if case and case.held_id:
        return
    if case:
        Case.objects.filter(pk=case.pk).close(action)
    if action.act.settles and item:
        Case.objects.about(item).close(action)
