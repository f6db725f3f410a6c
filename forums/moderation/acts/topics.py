"""Acts on a whole topic."""

from django.db import transaction

from forums.access.roles import Role
from forums.models import Action, Category, Topic
from forums.models.moderation.action import Overtaken
from forums.moderation.acts import log


def lock(topic, *, by, rule=None, reason="", case=None) -> Action | None:
    """Refuse replies, except by moderators."""
    return _once(
        topic, "topic_locked", Topic.is_locked, True, lambda _: topic.lock(by),
        by=by, rule=rule, reason=reason, case=case,
    )  # fmt: skip


def unlock(topic, *, by, reason="", undoes=None) -> Action | None:
    """Accept replies again."""
    return _once(
        topic, "topic_unlocked", Topic.is_locked, False, lambda _: topic.unlock(),
        by=by, reason=reason, undoes=undoes,
    )  # fmt: skip


def pin(topic, *, by, reason="") -> Action | None:
    """Keep the topic at the top of the lists."""
    return _once(topic, "topic_pinned", Topic.is_pinned, True, lambda _: topic.pin(by), by=by, reason=reason)


def unpin(topic, *, by, reason="", undoes=None) -> Action | None:
    """Sort the topic like all others again."""
    return _once(
        topic, "topic_unpinned", Topic.is_pinned, False, lambda _: topic.unpin(),
        by=by, reason=reason, undoes=undoes,
    )  # fmt: skip


def hide(topic, *, by=None, role: Role | None = None, rule=None, reason="", case=None) -> Action | None:
    """Hide the topic from everybody except moderators. Without `by` the site itself hides it."""
    return _once(
        topic, "topic_hidden", Topic.is_hidden, True, lambda action: topic.set_hidden(by, action),
        by=by, role=role, rule=rule, reason=reason, case=case,
    )  # fmt: skip


def restore(topic, *, by, reason="", case=None, undoes=None) -> Action | None:
    """Show a hidden topic again."""
    return _once(
        topic, "topic_restored", Topic.is_hidden, False, lambda _: topic.set_shown(),
        by=by, reason=reason, case=case, undoes=undoes,
    )  # fmt: skip


def show_again(topic, *, by, reason="") -> None:
    """Show a topic that only the site had hidden, because a moderator has looked at it and did not hide it.

    Call it in the transaction of the moderator's act, after the act is logged.
    """
    topic.lock_and_refresh()
    if topic.deleted_at or not topic.is_hidden:
        return
    if Action.objects.filter(hidden_topics=topic, is_automated=True).exists():
        restore(topic, by=by, reason=reason)


@transaction.atomic
def move(topic, category, *, by, rule=None, reason="", undoes=None) -> Action | None:
    """Move the topic into another category, which `by` must moderate as well."""
    log.check_permission(by, "topic_moved", topic.category, category)
    topic.lock_and_refresh()
    if topic.category_id == category.pk:
        return None
    facts = {"from": topic.category_id, "to": category.pk}
    action = log.record(
        "topic_moved", by=by, topic=topic, rule=rule, reason=reason, facts=facts, undoes=undoes
    )
    topic.move(category)
    return action


@transaction.atomic
def rename(topic, title: str, *, by, rule=None, reason="", case=None, undoes=None) -> Action | None:
    """Change the title. From now on only moderators see the old one."""
    log.check_permission(by, "topic_renamed", topic.category)
    topic.lock_and_refresh()
    if topic.title == title:
        return None
    facts = {"from": topic.title, "to": title}
    action = log.record(
        "topic_renamed", by=by, topic=topic, rule=rule, reason=reason, facts=facts, undoes=undoes, case=case
    )
    topic.rename(title)
    show_again(topic, by=by)
    return action


@transaction.atomic
def retag(topic, tags: list[str], *, by, rule=None, reason="", undoes=None) -> Action | None:
    """Replace the tags."""
    log.check_permission(by, "topic_tagged", topic.category)
    topic.lock_and_refresh()
    if topic.tags == tags:
        return None
    facts = {"from": topic.tags, "to": tags}
    action = log.record(
        "topic_tagged", by=by, topic=topic, rule=rule, reason=reason, facts=facts, undoes=undoes
    )
    topic.set_tags(tags)
    return action


def move_back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Move the topic back. Raises `Overtaken` if it has been moved again since."""
    before = Category.objects.select_related("parent").filter(pk=action.facts["from"]).first()
    if before is None or action.topic.category_id != action.facts["to"]:
        raise Overtaken("The topic has been moved again since, or its old category has been deleted.")
    return move(action.topic, before, by=by, reason=reason, undoes=undoes)


def rename_back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Restore the old title. Raises `Overtaken` if the title has been changed again since."""
    if action.topic.title != action.facts["to"]:
        raise Overtaken("The topic has been given another title since.")
    return rename(action.topic, action.facts["from"], by=by, reason=reason, undoes=undoes)


def retag_back(action: Action, *, by, reason="", undoes) -> Action | None:
    """Restore the old tags. Raises `Overtaken` if the tags have been changed again since."""
    if action.topic.tags != action.facts["to"]:
        raise Overtaken("The topic has been given other tags since.")
    return retag(action.topic, action.facts["from"], by=by, reason=reason, undoes=undoes)


@transaction.atomic
def _once(topic, verb, state, wanted, change, *, by, undoes=None, **said):
    """Change a state of the topic. The state is read under the lock, so of two clicks at once only one acts."""
    if by:
        log.check_permission(by, verb, topic.category)
    topic.lock_and_refresh()
    if state.fget(topic) == wanted:
        return None
    if undoes is None and not wanted:
        undoes = _act_in_force(topic, verb)
    action = log.record(verb, by=by, topic=topic, undoes=undoes, **said)
    change(action)
    return action


def _act_in_force(topic, verb):
    """The last act that `verb` undoes, if it is not undone yet."""
    in_force = Action.objects.not_undone().filter(topic=topic, comment=None)
    return next((each for each in in_force.order_by("-pk")[:20] if each.act.undone_by == verb), None)
