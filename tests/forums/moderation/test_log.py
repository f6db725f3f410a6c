"""The moderation log records each act once and for good, and acts can be undone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction

from accounts.profiles import deletion
from forums.access import acts
from forums.models import Action, Comment, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import appeals, undoing
from forums.moderation.acts import comments, log, members, topics
from forums.tree import recount
from tests.cast import member


@pytest.fixture
def hidden(opening, say, mod, rule):
    comment = say(opening, "Buy my carpets")
    return comments.hide(comment, by=mod, rule=rule, reason="Again")


REWRITES = [
    "UPDATE forums_action SET reason = 'nothing' WHERE id = %s",
    "DELETE FROM forums_action WHERE id = %s",
    "TRUNCATE forums_action CASCADE",
    "TRUNCATE forums_action, forums_comment, forums_topic CASCADE",
]


@pytest.mark.parametrize("statement", REWRITES)
def test_the_database_refuses_to_rewrite_the_log(hidden, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE forums_action ENABLE TRIGGER forums_action_never_emptied")
        with pytest.raises(Error, match="never rewritten"), transaction.atomic():
            cursor.execute(statement, [hidden.pk] if "%s" in statement else [])
    assert Action.objects.get().reason == "Again"


def test_an_entry_says_who_did_what_why(hidden, mod, ben, rule, limes):
    entry = Action.objects.get()
    assert (entry.verb, entry.by, entry.role, entry.member) == ("comment_hidden", mod, "moderator", ben)
    assert (entry.rule, entry.reason, entry.is_automated) == (rule, "Again", False)
    assert (entry.topic, entry.category, entry.what) == (
        limes,
        limes.category,
        f"comment 2 of topic {limes.pk}",
    )
    assert "limes" not in entry.what.lower()
    assert Comment.objects.get(pk=entry.comment_id).hidden_in == entry


def test_members_leave_and_entries_stay_as_they_are(hidden, mod, ben):
    kept = log.record("item_kept", by=mod, member=ben)
    before = list(Action.objects.values())
    deletion.delete(ben)
    assert list(Action.objects.values()) == before
    assert Action.objects.get(pk=hidden.pk).member.username == f"deleted-{ben.pk}"
    stranger = member("Stranger")
    kept = log.record("item_kept", by=mod, member=stranger)
    stranger.delete()  # the row itself, because only the log names it
    assert Action.objects.with_context().get(pk=kept.pk).member_id is not None


def test_a_second_click_writes_nothing(hidden, mod):
    comment = Comment.objects.get(pk=hidden.comment_id)
    assert comments.hide(comment, by=mod) is None
    assert Action.objects.count() == 1


def test_undoing_is_an_act_of_its_own(hidden, mod):
    undone = undoing.undo(hidden, by=mod, reason="It was about limes after all")
    assert (undone.verb, undone.undoes) == ("comment_restored", hidden)
    comment = Comment.objects.get(pk=hidden.comment_id)
    assert (comment.is_hidden, comment.hidden_in) == (False, None)
    assert recount.differences() == []
    with pytest.raises(NotDone, match="undone already"):
        undoing.undo(hidden, by=mod)
    with pytest.raises(NotDone, match="cannot be undone"):
        undoing.undo(undone, by=mod)
    assert Action.objects.count() == 2


def test_restoring_says_what_it_undoes(hidden, mod):
    restored = comments.restore(Comment.objects.get(pk=hidden.comment_id), by=mod)
    assert restored.undoes == hidden


def test_what_its_author_has_deleted_is_nothing_to_hide_or_show(opening, say, mod):
    gone = say(opening)
    say(gone)
    gone.delete_by_author()
    with pytest.raises(NotDone):
        comments.hide(gone, by=mod)
    with pytest.raises(NotDone):
        comments.restore(gone, by=mod)
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("do", "back", "field"),
    [("lock", "unlock", "is_locked"), ("pin", "unpin", "is_pinned"), ("hide", "restore", "is_hidden")],
)
def test_states_of_topics_come_and_go(limes, mod, do, back, field):
    done = getattr(topics, do)(limes, by=mod)
    assert getattr(Topic.objects.get(), field)
    assert getattr(topics, do)(limes, by=mod) is None
    undone = getattr(topics, back)(limes, by=mod)
    assert not getattr(Topic.objects.get(), field)
    assert undone.undoes == done
    assert getattr(topics, back)(limes, by=mod) is None


def test_a_move_and_a_new_title_can_be_taken_back(limes, town, vault, mod, stewards):
    mod.groups.add(stewards)
    mod.__dict__.pop("group_ids", None)
    moved = topics.move(limes, vault, by=mod)
    renamed = topics.rename(limes, "Limes", by=mod)
    assert (Topic.objects.get().category, Topic.objects.get().title) == (vault, "Limes")
    assert renamed.facts == {"from": "Shall we plant limes?", "to": "Limes"}
    undoing.undo(renamed, by=mod)
    undoing.undo(moved, by=mod)
    assert (Topic.objects.get().category, Topic.objects.get().title) == (town, "Shall we plant limes?")


def test_a_categorys_moderator_acts_there_alone(limes, gardener, vault, stewards, open_topic, town):
    assert topics.lock(limes, by=gardener).role == "category_moderator"
    meadow = type(town).objects.create(name="Meadow", slug="meadow")
    elsewhere = open_topic(category=meadow)
    with pytest.raises(PermissionDenied):
        topics.lock(elsewhere, by=gardener)
    with pytest.raises(PermissionDenied):
        topics.move(limes, meadow, by=gardener)
    assert not Topic.objects.get(pk=elsewhere.pk).is_locked


def test_what_is_done_to_members_is_for_moderators_of_the_site(
    sign_in, mod, gardener, ben, opening, say, town
):
    rude = say(opening, "You nincompoop.")
    warned = members.warn(ben, by=mod, comment=rude, reason="Nincompoop, he said")
    assert (warned.category, warned.topic, warned.comment, warned.role) == (
        None,
        opening.topic,
        rude,
        "moderator",
    )
    appeal = appeals.appeal(warned, by=ben, words="I meant it kindly")
    assert not appeals.may_decide(gardener, appeal)
    assert not acts.may(gardener, "warning_withdrawn", warned.category)
    assert warned not in Action.objects.moderated_by(gardener)
    assert warned in Action.objects.moderated_by(mod)
    browser = sign_in(gardener)
    assert warned.get_absolute_url() not in browser.get("/modlog/?category=town").text
    for page in ("/modlog/", warned.get_absolute_url()):
        text = browser.get(page).text
        assert ("Member warned" in text, "Nincompoop, he said" in text, "Ben" in text) == (True, True, False)
    decision = appeals.refuse(appeal, by=mod, reason="It was not kind")
    assert (decision.category, decision.topic) == (None, opening.topic)


def test_a_member_does_none_of_it(limes, ben):
    with pytest.raises(PermissionDenied):
        log.check_permission(ben, "topic_locked", limes.category)
    with pytest.raises(PermissionDenied):
        topics.lock(limes, by=ben)
    assert not Topic.objects.get().is_locked
