"""One act removes a spammer and all their texts. Undoing it restores them."""

import pytest
from django.core.exceptions import PermissionDenied

from forums.models import Action, Case, Comment, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import undoing
from forums.moderation.acts import branches, comments, members, merging, spam, splitting
from forums.moderation.reports import report
from tests.cast import member
from tests.forums.moderation.consistency import assert_consistent, tree


@pytest.fixture
def spammer(db):
    return member("Spammer")


@pytest.fixture
def raid(spammer, limes, opening, say, open_topic):
    """Creates two spam comments in Ada's topic, one with an answer, and a spam topic with a reply by Ben."""
    answered = say(opening, "Carpets!", author=spammer)
    say(answered, "No, thanks.")
    say(answered, "More carpets!", author=spammer)
    own = open_topic("Cheap carpets", author=spammer, body="Carpets, carpets")
    say(own.comments.get(), "Go away.")
    return own


def test_all_they_wrote_goes_with_one_press(raid, spammer, limes, mod, visitor, rule):
    assert "Carpets" in visitor.get(limes.get_absolute_url()).text
    action = spam.remove(spammer, by=mod, rule=rule)
    assert action.facts["comments"] == 3
    assert action.facts["topics"] == 1
    assert Action.objects.count() == 1
    page = visitor.get(limes.get_absolute_url()).text
    assert "arpets" not in page
    assert "No, thanks." in page  # below a placeholder that gives the reason
    assert "Hidden by a moderator: off topic (rule 2)" in page
    assert "Spammer" not in visitor.get("/").text
    assert visitor.get(raid.get_absolute_url()).status_code == 404
    assert type(spammer).objects.get(pk=spammer.pk).is_suspended
    assert_consistent()


def test_undoing_brings_all_of_it_back(raid, spammer, limes, mod):
    before = tree(limes), tree(raid), Topic.objects.get(pk=raid.pk).excerpt
    action = spam.remove(spammer, by=mod)
    assert (tree(limes), tree(raid)) != before[:2]
    undoing.undo(action, by=mod)
    assert (tree(limes), tree(raid), Topic.objects.get(pk=raid.pk).excerpt) == before
    assert not type(spammer).objects.get(pk=spammer.pk).is_suspended
    with pytest.raises(NotDone):
        undoing.undo(action, by=mod)
    assert_consistent()


@pytest.mark.parametrize("is_parted_first", [True, False])
def test_a_topic_of_theirs_that_had_been_merged_stays_away_when_it_is_parted(
    raid, spammer, limes, mod, visitor, is_parted_first
):
    merged = merging.merge(raid, limes, by=mod)
    removal = spam.remove(spammer, by=mod)
    if is_parted_first:
        undoing.undo(merged, by=mod)
        assert visitor.get(raid.get_absolute_url()).status_code == 404
        assert "carpets" not in visitor.get("/").text
        assert spam.interrupted_removal(spammer) is None
        undoing.undo(removal, by=mod)
    else:
        undoing.undo(removal, by=mod)
        undoing.undo(merged, by=mod)
    assert "Cheap carpets" in visitor.get(raid.get_absolute_url()).text
    assert "Cheap carpets" in visitor.get("/").text
    assert_consistent()


def test_what_had_been_hidden_before_keeps_its_reason(raid, spammer, limes, mod):
    one = limes.comments.get(body="More carpets!")
    earlier = comments.hide(one, by=mod, reason="Once more")
    action = spam.remove(spammer, by=mod)
    undoing.undo(action, by=mod)
    assert Comment.objects.get(pk=one.pk).hidden_in == earlier
    assert_consistent()


@pytest.mark.parametrize("moved", ["merged", "split"])
def test_what_stands_in_a_hidden_branch_stays_hidden_where_that_has_gone(
    spammer, limes, opening, mod, open_topic, say, moved
):
    outer = say(opening, "outer")
    above = say(outer, "above")
    inner = say(above, "Fine carpets!", author=spammer)
    removal = spam.remove(spammer, by=mod)
    branch = branches.hide(Comment.objects.with_context().get(pk=above.pk), by=mod)
    if moved == "merged":
        merging.merge(limes, open_topic("Oaks"), by=mod)
    else:
        splitting.split(Comment.objects.with_context().get(pk=outer.pk), "Outer", by=mod)
    undoing.undo(removal, by=mod)
    assert Comment.objects.get(pk=inner.pk).hidden_in == branch
    assert_consistent()
    undoing.undo(branch, by=mod)
    assert not Comment.objects.get(pk=inner.pk).is_hidden
    assert_consistent()


def test_broken_off_it_is_taken_up_again(raid, spammer, mod):
    action = spam.remove(spammer, by=mod)
    # As if the process had been killed before it reached that topic.
    Comment.objects.filter(topic=raid, author=spammer).update(hidden_at=None, hidden_in=None, removed_in=None)
    Topic.objects.filter(pk=raid.pk).update(hidden_at=None, hidden_in=None)
    assert spam.remove(spammer, by=mod) == action
    assert Topic.objects.get(pk=raid.pk).hidden_in == action
    assert Action.objects.count() == 1
    assert_consistent()
    undoing.undo(action, by=mod)
    # The same while restoring.
    Topic.objects.filter(pk=raid.pk).update(hidden_at=action.at, hidden_in=action)
    assert undoing.may_be_undone(Action.objects.get(pk=action.pk))
    undoing.undo(action, by=mod)
    assert not Topic.objects.get(pk=raid.pk).is_hidden
    assert Action.objects.count() == 2


def test_who_was_let_in_again_and_goes_on_is_removed_once_more(raid, spammer, limes, opening, say, mod):
    first = spam.remove(spammer, by=mod)
    members.lift(spammer.sanctions.get(), by=mod)
    rueful = type(spammer).objects.get(pk=spammer.pk)
    say(opening, "Carpets again!", author=rueful)
    assert spam.interrupted_removal(rueful) is None
    second = spam.remove(rueful, by=mod)
    assert second != first
    assert type(spammer).objects.get(pk=spammer.pk).is_suspended
    assert limes.comments.get(body="Carpets again!").hidden_in == second
    for action in (second, first):
        undoing.undo(action, by=mod)
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert_consistent()


def test_reports_about_any_of_it_are_settled(raid, spammer, limes, ada, ben, mod, rule):
    for item in (raid, limes.comments.get(body="Carpets!"), spammer):
        report(item, by=ben if item is not raid else ada, rule=rule)
    assert Case.objects.pending().count() == 3
    action = spam.remove(spammer, by=mod, rule=rule)
    assert [case.outcome for case in Case.objects.all()] == [action] * 3


def test_who_may_and_who_cannot_be_removed(raid, spammer, mod, gardener, ben, ada):
    admin = member("Admin", is_superuser=True, is_staff=True)
    for by in (ben, gardener):
        with pytest.raises(PermissionDenied):
            spam.remove(spammer, by=by)
    for whom in (mod, admin):
        with pytest.raises(PermissionDenied):
            spam.remove(whom, by=mod)
    assert not Action.objects.exists()
    assert spam.remove(spammer, by=mod).role == "moderator"


def test_their_page_shows_neither_picture_nor_words_of_theirs_while_they_are_removed(spammer, mod, visitor):
    type(spammer).objects.filter(pk=spammer.pk).update(bio="Cheap carpets!", avatar="avatars/carpet.webp")

    def shown():
        page = visitor.get("/u/Spammer/").text
        return "Cheap carpets!" in page, "carpet.webp" in page

    assert shown() == (True, True)
    action = spam.remove(spammer, by=mod)
    assert shown() == (False, False)
    undoing.undo(action, by=mod)
    assert shown() == (True, True)
