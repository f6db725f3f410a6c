"""Moderators leave decisions about themselves to others."""

import pytest
from django.core.exceptions import PermissionDenied

from forums.models import Action, Case, Category, Comment
from forums.models.moderation.action import NotDone
from forums.moderation import reports, undoing
from forums.moderation.acts import branches, comments, editing, merging, slow_mode, splitting, topics
from tests.cast import member


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True)


@pytest.fixture
def theirs(opening, say, open_topic, town):
    """Creates a member's comment with a reply by somebody else, and a topic of theirs: `theirs(member)`."""

    def theirs(somebody):
        said = say(opening, "Mine", author=somebody)
        say(said, "Not mine")
        return said, open_topic("Mine, too", author=somebody)

    return theirs


def see_that_others_decide(decide, undo, chief, mod):
    """Asserts that the member concerned can neither do nor undo an act, unless they are an administrator."""
    with pytest.raises(PermissionDenied, match="decided by others"):
        decide(mod)
    assert not Action.objects.exists()
    action = decide(chief)
    if undo:
        with pytest.raises(PermissionDenied, match="decided by others"):
            undoing.undo(action, by=mod)
        assert Action.objects.count() == 1
        assert undoing.undo(action, by=chief)


@pytest.mark.parametrize("verb", [comments.hide, branches.hide, topics.hide])
def test_moderators_leave_to_others_what_they_wrote(theirs, mod, chief, verb):
    comment, topic = theirs(mod)
    see_that_others_decide(
        lambda by: verb(topic if verb is topics.hide else again(comment), by=by), True, chief, mod
    )


def test_an_edit_by_somebody_else_is_not_taken_back_by_the_author(theirs, mod, chief):
    comment, _ = theirs(mod)
    edited = editing.edit(again(comment), by=chief, body="Tidied")
    with pytest.raises(PermissionDenied, match="decided by others"):
        undoing.undo(edited, by=mod)
    assert undoing.undo(edited, by=chief)


def test_a_branch_with_ones_own_comment_in_it_is_shown_again_by_others(theirs, ben, mod, chief, say):
    top, _ = theirs(ben)
    say(again(top), "Mine below", author=mod)
    hidden = branches.hide(again(top), by=chief)
    with pytest.raises(PermissionDenied, match="decided by others"):
        undoing.undo(hidden, by=mod)
    undoing.undo(hidden, by=chief)
    own = branches.hide(again(top), by=mod)
    assert undoing.undo(own, by=mod)  # they may undo their own act


def test_nobody_closes_the_case_about_themselves(sign_in, theirs, gardener, regulars, mod, rule):
    comment, topic = theirs(gardener)
    for each in regulars[:3]:
        reports.report(again(comment), by=each, rule=rule)
        reports.report(topic, by=each, rule=rule)
    browser = sign_in(gardener)
    for address in (f"/comments/{comment.pk}/restore/", f"/t/{topic.pk}/restore/"):
        answer = browser.post(address, {"reason": "Mine"})
        assert (answer.status_code, "What concerns yourself" in answer.text) == (403, True)
    for act in Action.objects.all():
        assert "Undo it" not in browser.get(act.get_absolute_url()).text
        assert "Undo it" in sign_in(mod).get(act.get_absolute_url()).text
        assert browser.post(f"{act.get_absolute_url()}undo/").status_code == 403
    assert browser.post(f"/t/{topic.pk}/lock/").status_code == 303
    assert Case.objects.pending().count() == 2
    assert sign_in(mod).post(f"/comments/{comment.pk}/restore/").status_code == 303
    assert Case.objects.pending().count() == 1


def test_arranging_ones_own_topic_is_no_decision_about_oneself(theirs, gardener, open_topic, ada, rule):
    comment, topic = theirs(gardener)
    groups = [group.pk for group in gardener.groups.all()]
    lane = Category.objects.create(name="Lane", slug="lane", moderator_groups=groups)
    case = reports.report(topic, by=ada, rule=rule).case
    assert topics.lock(topic, by=gardener)
    assert topics.unlock(topic, by=gardener)
    assert topics.pin(topic, by=gardener)
    assert slow_mode.slow(topic, by=gardener, seconds=60)
    assert topics.rename(topic, "Still mine", by=gardener)
    assert topics.move(topic, lane, by=gardener)
    assert splitting.split(again(comment), "Mine alone", by=gardener)
    with pytest.raises(NotDone, match="Another moderator must look at it first"):
        merging.merge(topic, open_topic("Oaks"), by=gardener)
    case.refresh_from_db()
    assert case.is_open  # its author cannot accept the new title


def again(comment):
    return Comment.objects.with_context().get(pk=comment.pk)
