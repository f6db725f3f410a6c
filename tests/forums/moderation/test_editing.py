"""Moderators edit with a reason. The author is notified, the history shows the edit, and it can be undone."""

import re

import pytest

from forums.models import Action, Case, Comment, OutboxEvent, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import undoing
from forums.moderation.acts import editing
from forums.moderation.reports import report


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


def test_an_edit_says_why(sign_in, ben, mod, rude, rule):
    page = f"/comments/{rude.pk}/edit/"
    assert "The author gets a notification" in sign_in(mod).get(page).text
    assert "The author gets a notification" not in sign_in(ben).get(page).text
    sign_in(mod).post(page, {"body": "You dear.", "rule": rule.pk, "reason": "Kinder words"})
    action = Action.objects.get()
    assert (action.verb, action.rule, action.reason, action.member) == (
        "comment_edited",
        rule,
        "Kinder words",
        ben,
    )
    assert Comment.objects.get(pk=rude.pk).body == "You dear."
    assert [each.body for each in rude.revisions.all()] == ["You nincompoop."]
    assert OutboxEvent.objects.get(kind=OutboxEvent.Kind.MEMBERS_NOTIFIED).facts["members"] == [ben.pk]


def test_the_history_names_no_moderator_where_the_log_does_not(visitor, sign_in, ben, mod, rude, settings):
    rude.edit(by=ben, body="You dear nincompoop.")
    editing.edit(
        Comment.objects.with_context().get(pk=rude.pk), by=mod, body="You dear.", reason="Kinder words"
    )

    def writers(browser):
        page = browser.get(f"/comments/{rude.pk}/history/")
        found = re.findall(r"<h2>.*by (.*)</h2>", page.text)
        return [re.sub("<[^>]*>", "", each) for each in found]

    assert writers(visitor) == writers(sign_in(ben)) == ["a moderator", "Ben", "Ben"]
    assert writers(sign_in(mod)) == ["Mod", "Ben", "Ben"]
    settings.NAME_MODERATORS = True
    assert writers(sign_in(ben)) == ["Mod", "Ben", "Ben"]


def test_a_moderators_own_text_is_edited_without_a_line_in_the_log(sign_in, mod, opening, say):
    own = say(opening, "Hm", author=mod)
    sign_in(mod).post(f"/comments/{own.pk}/edit/", {"body": "Hm."})
    assert Comment.objects.get(pk=own.pk).body == "Hm."
    assert not Action.objects.exists()


def test_edits_are_taken_back_one_after_the_other(mod, rude):
    first = editing.edit(rude, by=mod, body="You dear.")
    second = editing.edit(rude, by=mod, body="You dearest.")
    with pytest.raises(NotDone, match="changed or deleted since"):
        undoing.undo(first, by=mod)
    undoing.undo(second, by=mod)
    assert Comment.objects.get(pk=rude.pk).body == "You dear."
    undoing.undo(first, by=mod)
    assert Comment.objects.get(pk=rude.pk).body == "You nincompoop."


def test_what_the_author_has_written_since_stays(mod, ben, rude):
    edited = editing.edit(rude, by=mod, body="You dear.")
    Comment.objects.select_related("topic").get(pk=rude.pk).edit(by=ben, body="I am sorry.")
    with pytest.raises(NotDone):
        undoing.undo(edited, by=mod)
    assert Comment.objects.get(pk=rude.pk).body == "I am sorry."


def test_a_title_edited_with_its_opening_comes_back_with_it(mod, limes, opening):
    edited = editing.edit(opening, by=mod, body="What of limes?", title="Limes")
    assert (Topic.objects.get().title, Topic.objects.get().excerpt) == ("Limes", "What of limes?")
    undoing.undo(edited, by=mod)
    assert Topic.objects.get().title == "Shall we plant limes?"
    assert Comment.objects.get(pk=opening.pk).body == "What do you think?"


def test_the_same_text_is_no_edit(mod, rude):
    assert editing.edit(rude, by=mod, body="You nincompoop.") is None


def test_where_nothing_is_changed_nobody_is_kept_from_the_reports(mod, cleo, rude, rule):
    report(rude, by=cleo, rule=rule)
    assert editing.edit(rude, by=mod, body=rude.body) is None
    assert Case.objects.get().claimed_by is None
