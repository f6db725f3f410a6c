"""Acts on pending texts, which moderators read before they are posted."""

from django.db import transaction
from django.utils import timezone

from forums.access.refusal import Refused
from forums.models import Action, Case, PendingPost, Topic
from forums.models.moderation.action import NotDone, Overtaken
from forums.moderation.acts import log

WITHDRAWN = "Its author has withdrawn it, or sent it again."


@transaction.atomic
def approve(held: PendingPost, *, by, reason="") -> Action:
    """Post a pending text, as if its author had sent it now.

    Raises `NotDone` if it can no longer be posted, or if another moderator has decided.
    """
    held = _look_again(held, by, "held_approved")
    return _decided(held, by, "held_approved", comment=_post(held), reason=reason)


@transaction.atomic
def refuse(held: PendingPost, *, by, rule=None, reason="") -> Action:
    """Refuse a pending text. Its author reads why, and can edit it and send it again."""
    held = _look_again(held, by, "held_refused")
    if not (rule or reason):
        raise NotDone("Please name a rule or a reason. The author will read it.")
    return _decided(held, by, "held_refused", held=held, rule=rule, reason=reason)


@transaction.atomic
def approve_after_all(action: Action, *, by, reason="", undoes) -> Action:
    """Post a text that `action` has refused. Raises `Overtaken` if its author has withdrawn it or sent it again."""
    held = _lock(action.facts["held"])
    if held is None or held.decision_id != action.pk or held.resent_at:
        raise Overtaken(WITHDRAWN)
    log.ask(by, "held_approved", held.place)
    return _decided(held, by, "held_approved", comment=_post(held), reason=reason, undoes=undoes)


def sweep(actions) -> None:
    """Refuse the pending texts of the members whom these acts remove."""
    waiting = PendingPost.objects.waiting().filter(author__in=[action.member_id for action in actions])
    waiting.update(decided_at=timezone.now(), decision=log.act_about_author(actions))


def unsweep(actions) -> None:
    """Make the texts that these acts refused pending again. Call it in the transaction that undoes them."""
    swept = PendingPost.objects.filter(decision__in=actions)
    for held in swept:
        Case.objects.open_about(held, Case.Why.HELD, held.matched)
    swept.update(decided_at=None, decision=None)


def _look_again(held, by, verb):
    held = _lock(held.pk)
    if held is None:
        raise NotDone(WITHDRAWN)
    log.ask(by, verb, held.place)
    if not held.is_waiting:
        raise NotDone("Somebody else has decided this meanwhile.")
    return held


def _lock(pk):
    """Lock the topic that the text answers, and then the text, in the same order as moving a branch does.

    None if its author has withdrawn it. Raises `NotDone` if the branch has been moved to another topic meanwhile.
    """
    topic = PendingPost.objects.filter(pk=pk).values_list("topic", flat=True).first()
    if topic:
        Topic(pk=topic).lock_row()
    held = PendingPost.objects.with_place().select_for_update(of=["self"]).filter(pk=pk).first()
    if held and held.topic_id != topic:
        raise NotDone("What this answers has just been moved to another topic. Please try again.")
    return held


def _post(held):
    said = {"author": held.author, "body": held.body, "token": held.token}
    if held.topic and held.topic.deleted_at:
        raise NotDone("The topic of this reply has been deleted meanwhile.")
    try:
        if held.topic:
            return held.topic.reply(parent=held.parent, **said)
        return Topic.open(category=held.category, title=held.title, **said).comments.get(seq=1)
    except Refused as refused:
        raise NotDone(str(refused)) from None


def _decided(text, by, verb, *, comment=None, **said):
    case = Case.objects.about(text).waiting().first()
    action = log.record(verb, by=by, comment=comment, case=case, facts={"held": text.pk}, **said)
    Case.objects.about(text).close(action)
    PendingPost.objects.filter(pk=text.pk).update(decided_at=timezone.now(), decision=action, comment=comment)
    return action
