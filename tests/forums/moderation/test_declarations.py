"""One declaration gives an act its line in the log, its permission, its way back and its button in the queue."""

import pytest
from django.core.exceptions import PermissionDenied

from forums.access import acts
from forums.access.acts import Act
from forums.access.roles import OF_THE_SITE
from forums.models import Topic
from forums.moderation import undoing
from forums.moderation.acts import log
from forums.moderation.queue.decision_options import DECISIONS


def test_each_way_back_is_a_declared_act():
    assert {act.undone_by for act in acts.ACTS.values()} - {""} <= set(acts.ACTS)
    assert [act.verb for act in acts.ACTS.values() if act.undo and not act.undone_by] == []


def test_the_decisions_of_the_queue_and_their_keys():
    assert {name: decision.key for name, decision in DECISIONS.items()} == {
        "keep": "a",
        "hide": "h",
        "branch": "b",
        "warn": "w",
        "silence": "s",
        "suspend": "u",
        "remove": "x",
    }
    assert {kind: act.verb for kind, act in DECISIONS["keep"].acts.items()} == {
        "comment": "item_kept",
        "topic": "item_kept",
        "member": "item_kept",
        "gone": "item_gone",
        "pending_post": "held_approved",
    }
    assert [name for name, decision in DECISIONS.items() if decision.for_many] == ["keep", "hide", "remove"]
    assert [name for name, decision in DECISIONS.items() if decision.is_sanction] == [
        "warn",
        "silence",
        "suspend",
        "remove",
    ]


@pytest.fixture
def praise(monkeypatch):
    """A new act: its two functions and its declaration."""

    def praise(topic, *, by):
        log.check_permission(by, "topic_praised", topic.category)
        return log.record("topic_praised", by=by, topic=topic)

    def blame(topic, *, by, reason, undoes):
        return log.record("topic_blamed", by=by, topic=topic, reason=reason, undoes=undoes)

    for act in (
        Act("topic_praised", "Topic praised", praise, "Topics", OF_THE_SITE, undone_by="topic_blamed"),
        Act("topic_blamed", "Topic blamed", blame, "Topics", OF_THE_SITE),
    ):
        monkeypatch.setitem(acts.ACTS, act.verb, act)
    return praise


def test_a_new_act_needs_one_declaration(praise, limes, mod, gardener, visitor):
    with pytest.raises(PermissionDenied):
        praise(limes, by=gardener)
    action = praise(limes, by=mod)
    assert "Topic praised" in visitor.get("/modlog/?verb=topic_praised").text
    assert "| **Topics**: topic praised, topic blamed | administrators, moderators |" in acts.table()
    undone = undoing.undo(action, by=mod, reason="Too early")
    assert (undone.says, undone.topic, undone.undoes) == ("Topic blamed", Topic.objects.get(), action)
