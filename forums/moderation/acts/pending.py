"""Acts on pending texts, which moderators read before they are posted."""

from django.db import transaction
from django.utils import timezone

from forums.access.refusal import Refused
from forums.models import Action, Case, PendingPost, Topic
from forums.models.moderation.action import PENDING_POST, NotDone, Overtaken
from forums.moderation.acts import log

WITHDRAWN = "Its author has withdrawn it, or sent it again."


@transaction.atomic
def approve(post: PendingPost, *, by, reason="") -> Action:
    """Post a pending text, as if its author had sent it now.

    Raises `NotDone` if it can no longer be posted, or if another moderator has decided.
    """
    post = _lock_and_refresh(post, by, "held_approved")
    return _decided(post, by, "held_approved", comment=_publish(post), reason=reason)


@transaction.atomic
def refuse(post: PendingPost, *, by, rule=None, reason="") -> Action:
    """Refuse a pending text. Its author reads why, and can edit it and send it again."""
    post = _lock_and_refresh(post, by, "held_refused")
    if not (rule or reason):
        raise NotDone("Please name a rule or a reason. The author will read it.")
    return _decided(post, by, "held_refused", pending_post=post, rule=rule, reason=reason)


@transaction.atomic
def approve_after_all(action: Action, *, by, reason="", undoes) -> Action:
    """Post a text that `action` has refused. Raises `Overtaken` if its author has withdrawn it or sent it again."""
    post = _lock(action.pending_post_id)
    if post is None or post.decision_id != action.pk or post.resent_at:
        raise Overtaken(WITHDRAWN)
    log.check_permission(by, "held_approved", post.place)
    return _decided(post, by, "held_approved", comment=_publish(post), reason=reason, undoes=undoes)


def refuse_all(actions) -> None:
    """Refuse the pending texts of the members whom these acts remove."""
    posts = PendingPost.objects.pending().filter(author__in=[action.member_id for action in actions])
    posts.update(decided_at=timezone.now(), decision=log.act_about_author(actions))


def reopen_all(actions) -> None:
    """Make the texts that these acts refused pending again. Call it in the transaction that undoes them."""
    posts = PendingPost.objects.filter(decision__in=actions)
    for post in posts:
        Case.objects.open_about(post, Case.Why.PENDING, post.matched)
    posts.update(decided_at=None, decision=None)


def _lock_and_refresh(post, by, verb):
    post = _lock(post.pk)
    if post is None:
        raise NotDone(WITHDRAWN)
    log.check_permission(by, verb, post.place)
    if not post.is_pending:
        raise NotDone("Somebody else has decided this meanwhile.")
    return post


def _lock(pk):
    """Lock the topic that the text answers, and then the text, in the same order as moving a branch does.

    None if its author has withdrawn it. Raises `NotDone` if the branch has been moved to another topic meanwhile.
    """
    topic = PendingPost.objects.filter(pk=pk).values_list("topic", flat=True).first()
    if topic:
        Topic(pk=topic).lock_row()
    post = PendingPost.objects.with_place().select_for_update(of=["self"]).filter(pk=pk).first()
    if post and post.topic_id != topic:
        raise NotDone("What this answers has just been moved to another topic. Please try again.")
    return None if post and post.is_withdrawn else post


def _publish(post):
    said = {"author": post.author, "body": post.body, "token": post.token}
    if post.topic and post.topic.deleted_at:
        raise NotDone("The topic of this reply has been deleted meanwhile.")
    try:
        if post.topic:
            return post.topic.reply(parent=post.parent, **said)
        said |= {"category": post.category, "title": post.title, "tags": post.tags}
        return Topic.open(**said).comments.get(seq=1)
    except Refused as refused:
        raise NotDone(str(refused)) from None


def _decided(post, by, verb, *, comment=None, **said):
    case = Case.objects.about(post).pending().first()
    facts = {PENDING_POST: post.pk}
    action = log.record(verb, by=by, comment=comment, case=case, facts=facts, **said)
    Case.objects.about(post).close(action)
    PendingPost.objects.filter(pk=post.pk).update(decided_at=timezone.now(), decision=action, comment=comment)
    return action
