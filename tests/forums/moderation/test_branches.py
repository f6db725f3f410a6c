"""Branches are hidden, closed and restored as a whole."""

from types import SimpleNamespace

import pytest

from forums.access.refusal import Refused
from forums.models import Action, Comment, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import undoing
from forums.moderation.acts import branches, comments
from tests.forums.moderation.consistency import assert_consistent, tree


@pytest.fixture
def thread(opening, say, cleo):
    """Adds a comment by Ben with two answers by Cleo. Ben answers one of them."""
    top = say(opening, "top")
    left, right = say(top, "left", author=cleo), say(top, "right", author=cleo)
    leaf = say(left, "leaf")
    say(opening, "elsewhere")
    return SimpleNamespace(top=top, left=left, right=right, leaf=leaf)


def again(comment):
    return Comment.objects.select_related("topic__category__parent", "author", "hidden_in").get(pk=comment.pk)


def test_a_hidden_branch_is_one_placeholder(thread, limes, mod, visitor, rule):
    top, left, right, leaf = thread.top, thread.left, thread.right, thread.leaf
    branches.hide(top, by=mod, rule=rule)
    page = visitor.get(limes.get_absolute_url()).text
    for comment in (left, right, leaf):
        assert f'id="comment-{comment.pk}"' not in page
    assert f'id="comment-{top.pk}"' in page
    assert "elsewhere" in page
    assert Topic.objects.get().comment_count == 1
    assert again(top).descendants == 0
    assert_consistent()


def test_restoring_brings_back_what_that_act_hid_and_nothing_else(thread, limes, mod, rule):
    top, left, right, leaf = thread.top, thread.left, thread.right, thread.leaf
    comments.hide(right, by=mod, reason="earlier")
    before = tree(limes)
    hidden = branches.hide(again(top), by=mod, rule=rule)
    assert hidden.facts == {"comments": 3}
    again(leaf).delete_by_author()
    assert_consistent()
    undoing.undo(hidden, by=mod)
    assert_consistent()
    assert again(right).is_hidden
    assert again(right).hidden_in.reason == "earlier"
    assert again(leaf).is_deleted
    assert not again(top).is_hidden
    assert not again(left).is_hidden
    assert [before[0][5][0][5][1]] == [tree(limes)[0][5][0][5][1]]


def test_without_anything_between_all_is_as_it_was(thread, limes, mod):
    before = tree(limes)
    hidden = branches.hide(thread.top, by=mod)
    assert tree(limes) != before
    undoing.undo(hidden, by=mod)
    assert tree(limes) == before


def test_a_branch_within_a_hidden_branch_waits_for_that(thread, limes, mod):
    top, left = thread.top, thread.left
    before = tree(limes)
    inner = branches.hide(left, by=mod)
    outer = branches.hide(again(top), by=mod)
    with pytest.raises(NotDone, match="larger branch"):
        undoing.undo(inner, by=mod)
    undoing.undo(outer, by=mod)
    assert_consistent()
    undoing.undo(inner, by=mod)
    assert_consistent()
    assert tree(limes) == before


def test_one_comment_can_be_taken_out_of_a_hidden_branch(thread, mod):
    top, left, leaf = thread.top, thread.left, thread.leaf
    hidden = branches.hide(top, by=mod)
    comments.restore(again(leaf), by=mod)
    assert_consistent()
    assert [again(each).descendants for each in (top, left)] == [2, 1]
    undoing.undo(hidden, by=mod)
    assert_consistent()


def test_what_has_lost_its_place_can_be_deleted(thread, mod):
    top, left, leaf = thread.top, thread.left, thread.leaf
    branches.hide(top, by=mod)
    for each in (leaf, left, top):
        again(each).delete_by_author()
        assert_consistent()


def test_hiding_again_does_nothing(thread, mod):
    branches.hide(thread.top, by=mod)
    assert branches.hide(again(thread.top), by=mod) is None
    assert Action.objects.count() == 1


def test_a_closed_branch_takes_no_replies(thread, opening, say, mod, ben):
    top, leaf = thread.top, thread.leaf
    closed = branches.lock(top, by=mod)
    for each in (top, leaf):
        with pytest.raises(Refused, match="branch has been locked"):
            say(again(each), author=ben)
    say(opening, "beside it")
    say(again(leaf), "A word from the moderator", author=mod)
    undoing.undo(closed, by=mod)
    say(again(leaf), author=ben)
    assert_consistent()


@pytest.mark.parametrize("verb", [branches.hide, branches.lock])
def test_the_opening_is_no_branch(opening, mod, verb):
    with pytest.raises(NotDone, match="whole topic"):
        verb(opening, by=mod)
