"""Branches become topics and topics become branches. Both can be undone."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Trust
from forums.models import (
    Action,
    Bookmark,
    Case,
    Category,
    Comment,
    Debate,
    Draft,
    SlowMode,
    Topic,
    Visit,
    Vote,
)
from forums.models.moderation.action import NotDone
from forums.moderation import reports, undoing
from forums.moderation.acts import branches, comment_numbers, comments, merging, pending, splitting, topics
from forums.posting import publish
from tests.cast import member
from tests.forums.moderation.consistency import assert_consistent, tree


def again(comment):
    return Comment.objects.select_related("topic__category__parent", "author").get(pk=comment.pk)


def in_hours(count):
    return timezone.now() + timedelta(hours=count)


@pytest.fixture
def thread(opening, say, cleo):
    top = say(opening, "top")
    left, right = say(top, "left", author=cleo), say(top, "right", author=cleo)
    say(opening, "elsewhere")
    leaf = say(left, "leaf")
    return SimpleNamespace(top=top, left=left, right=right, leaf=leaf)


@pytest.fixture
def oaks(open_topic, say, cleo):
    topic = open_topic("Oaks & limes", body="Oaks?", author=cleo)
    first = say(topic.comments.get(), "Oaks!")
    say(first, "Acorns", author=cleo)
    return Topic.objects.get(pk=topic.pk)


def test_a_branch_becomes_a_topic(thread, limes, mod, rule, cleo):
    top, left, leaf = thread.top, thread.left, thread.leaf
    action = splitting.split(left, "What is left", by=mod, rule=rule)
    new = Topic.objects.get(pk=action.facts["to"])
    assert (new.title, new.author, new.comment_count, new.excerpt) == ("What is left", cleo, 1, "left")
    assert [each[1] for each in tree(new)] == ["left"]
    assert again(leaf).parent == left
    stub = Comment.objects.get(topic=limes, seq=3)
    assert (stub.parent, stub.body, stub.author, stub.is_hidden, new.split_from) == (
        top,
        "",
        None,
        True,
        stub,
    )
    assert_consistent()


def test_the_two_topics_lead_to_each_other(thread, limes, mod, visitor):
    left = thread.left
    action = splitting.split(left, "What is left", by=mod)
    new, old = Topic.objects.get(pk=action.facts["to"]), Topic.objects.get(pk=limes.pk)
    assert f"/comments/{left.pk}/" in visitor.get(old.get_absolute_url()).text
    assert f"/comments/{new.split_from_id}/" in visitor.get(new.get_absolute_url()).text
    assert visitor.get(f"/comments/{left.pk}/")["Location"].startswith(new.get_absolute_url())
    assert visitor.get(f"/comments/{new.split_from_id}/")["Location"].startswith(old.get_absolute_url())


def test_a_split_can_be_taken_back_with_what_came_since(thread, limes, mod, say, ben):
    top, left, leaf = thread.top, thread.left, thread.leaf
    before = tree(limes)
    action = splitting.split(left, "What is left", by=mod)
    undoing.undo(action, by=mod)
    assert tree(limes) == before
    assert_consistent()
    action = splitting.split(again(left), "What is left", by=mod)
    say(again(leaf), "later")
    say(again(top), "in the old topic")
    undoing.undo(action, by=mod)
    assert_consistent()
    later = Comment.objects.get(body="later")
    assert (later.topic, later.parent) == (limes, leaf)
    assert Topic.objects.get(pk=action.facts["to"]).merged_into == limes


def test_the_last_number_is_free_again_and_nobody_misses_what_gets_it(thread, limes, mod, say, cleo):
    top, left, leaf = thread.top, thread.left, thread.leaf
    limes.refresh_from_db()
    Visit.objects.create(member=mod, topic=limes, baseline_seq=limes.last_seq, latest_seq=limes.last_seq)
    action = splitting.split(left, "What is left", by=mod)
    fresh = say(again(top), "takes the number of the leaf")
    assert fresh.seq == 6
    topic = Topic.objects.with_visit_of(mod).get(pk=limes.pk)
    assert topic.new_count == 1
    undoing.undo(action, by=mod)
    assert_consistent()
    assert again(leaf).seq == 7
    assert again(fresh).seq == 6


def test_votes_bookmarks_drafts_and_slow_modes_come_along(thread, limes, mod, ada, ben):
    left, leaf = thread.left, thread.leaf
    Vote.objects.cast(left, by=ada, value=1)
    Bookmark.objects.create(member=ada, comment=leaf)
    Draft.objects.keep(ada, token=uuid4(), parent=leaf, body="Half a thought")
    SlowMode.impose(limes, seconds=60, by=mod, branch=leaf)
    action = splitting.split(again(left), "What is left", by=mod)
    new = Topic.objects.get(pk=action.facts["to"])
    assert new.score == 1
    assert (ada.drafts.get().topic, ada.drafts.get().body) == (new, "Half a thought")
    assert (new.is_slow, Topic.objects.get(pk=limes.pk).is_slow) == (True, False)
    assert Bookmark.objects.get().comment.topic == new
    undoing.undo(action, by=mod)
    assert ada.drafts.get().topic == limes
    assert Topic.objects.get(pk=limes.pk).is_slow


def test_a_reply_that_waits_comes_along_and_can_be_approved(thread, limes, oaks, mod):
    nia = member("Nia", trust=Trust.NEW)
    waits = {
        each: publish.reply(
            limes, author=nia, parent=each, body=f"https://{each.body}.example", token=uuid4()
        ).pending
        for each in (thread.leaf, thread.right)
    }
    splitting.split(again(thread.left), "What is left", by=mod)
    merging.merge(limes, oaks, by=mod)
    for parent, post in waits.items():
        pending.approve(post, by=mod)
        assert Comment.objects.get(author=nia, parent=parent).topic == again(parent).topic
    assert_consistent()


def test_an_accepted_answer_that_leaves_is_accepted_again_when_it_is_back(thread, limes, mod):
    left, leaf = thread.left, thread.leaf
    limes.accept(leaf)
    action = splitting.split(left, "What is left", by=mod)
    assert Topic.objects.get(pk=limes.pk).accepted is None
    undoing.undo(action, by=mod)
    assert Topic.objects.get(pk=limes.pk).accepted == leaf


def test_topics_merge_below_a_note(limes, oaks, opening, mod, visitor, thread):
    oak_comments = list(oaks.comments.order_by("seq"))
    before = tree(oaks)
    action = merging.merge(oaks, limes, by=mod)
    note = Comment.objects.get(hidden_in=action)
    assert (note.topic, note.parent, note.body_html) == (limes, opening, "Oaks &amp; limes")
    assert again(oak_comments[0]).parent == note
    assert [again(each).topic for each in oak_comments] == [limes] * 3
    page = visitor.get(limes.get_absolute_url()).text
    assert "Oaks &amp; limes" in page
    assert "Acorns" in page
    assert_consistent()
    undoing.undo(action, by=mod)
    assert tree(oaks) == before
    assert not Comment.objects.filter(pk=note.pk).exists()
    assert_consistent()


def test_the_old_address_leads_to_the_new_place(limes, oaks, mod, visitor, sign_in, ben):
    address = oaks.get_absolute_url()
    action = merging.merge(oaks, limes, by=mod)
    for browser in (visitor, sign_in(ben)):
        for old in (address, f"/t/{oaks.pk}/"):
            answer = browser.get(old)
            assert (answer.status_code, answer["Location"]) == (302, f"/t/{limes.pk}/")
    assert "Oaks" not in visitor.get("/").text
    undoing.undo(action, by=mod)
    assert visitor.get(address).status_code == 200


def test_what_was_merged_into_a_closed_room_is_not_there_for_outsiders(
    limes, oaks, mod, vault, stewards, visitor
):
    mod.groups.add(stewards)
    mod.__dict__.pop("group_ids", None)
    limes.move(vault)
    merging.merge(oaks, limes, by=mod)
    assert visitor.get(f"/t/{oaks.pk}/").status_code == 404


def test_what_was_said_since_the_merge_goes_along_when_topics_part(limes, oaks, mod, say):
    first = oaks.comments.get(seq=2)
    action = merging.merge(oaks, limes, by=mod)
    say(again(first), "since")
    undoing.undo(action, by=mod)
    assert Comment.objects.get(body="since").topic == oaks
    assert_consistent()


@pytest.mark.parametrize("spoil", ["polls", "debate", "deleted", "same"])
def test_what_cannot_be_merged(limes, oaks, mod, spoil):
    other = limes
    if spoil == "polls":
        Topic.objects.filter(pk=oaks.pk).update(panel_count=1)
    elif spoil == "debate":
        Debate.announce(oaks, by=mod, starts_at=in_hours(1), ends_at=in_hours(2))
    elif spoil == "deleted":
        Topic.objects.filter(pk=limes.pk).update(deleted_at=limes.created_at)
    else:
        other = oaks
    with pytest.raises(NotDone):
        merging.merge(oaks, other, by=mod)
    assert not Action.objects.exists()


def test_no_comment_leaves_or_comes_into_a_hidden_topic(thread, limes, oaks, mod):
    """Outside it, comments would be visible again while the log says that their topic is hidden."""
    topics.hide(limes, by=mod)
    for move in (
        lambda: merging.merge(limes, oaks, by=mod),
        lambda: merging.merge(oaks, limes, by=mod),
        lambda: splitting.split(again(thread.left), "What is left", by=mod),
    ):
        with pytest.raises(NotDone, match="Restore the topic first"):
            move()
    topics.restore(limes, by=mod)
    split = splitting.split(again(thread.left), "What is left", by=mod)
    merged = merging.merge(oaks, limes, by=mod)
    for hidden, act in ((split.facts["to"], split), (limes.pk, split), (limes.pk, merged)):
        topic = Topic.objects.select_related("category__parent").get(pk=hidden)
        topics.hide(topic, by=mod)
        with pytest.raises(NotDone, match="Restore the topic first"):
            undoing.undo(act, by=mod)
        topics.restore(topic, by=mod)
    for act in (merged, split):
        undoing.undo(act, by=mod)
    assert_consistent()


def test_a_branch_with_a_debate_of_its_own_stays_a_topic(thread, limes, mod):
    split = splitting.split(thread.left, "What is left", by=mod)
    debated = Topic.objects.get(pk=split.facts["to"])
    Debate.announce(debated, by=mod, starts_at=in_hours(1), ends_at=in_hours(2))
    with pytest.raises(NotDone, match="a debate"):
        undoing.undo(split, by=mod)
    debated.debate.cancel()
    undoing.undo(split, by=mod)
    assert_consistent()


def test_reports_of_a_topic_end_when_it_becomes_a_branch_again_which_its_author_leaves_to_others(
    opening, say, mod, gardener, cleo, rule
):
    split = splitting.split(say(opening, "Mine alone", author=gardener), "Mine alone", by=mod)
    reports.report(Topic.objects.get(pk=split.facts["to"]), by=cleo, rule=rule)
    with pytest.raises(NotDone, match="Another moderator must look at it first"):
        undoing.undo(split, by=gardener)
    assert Case.objects.get().is_open
    undone = undoing.undo(split, by=mod)
    assert Case.objects.get().outcome == undone


def test_both_categories_have_to_be_ones_own(limes, open_topic, gardener, mod):
    meadow = Category.objects.create(name="Meadow", slug="meadow")
    elsewhere = open_topic(category=meadow)
    for pair in ((limes, elsewhere), (elsewhere, limes)):
        with pytest.raises(PermissionDenied):
            merging.merge(*pair, by=gardener)
    assert merging.merge(elsewhere, limes, by=mod)


def test_what_has_been_moved_on_cannot_be_taken_back(thread, limes, oaks, mod):
    left = thread.left
    split = splitting.split(left, "What is left", by=mod)
    merging.merge(Topic.objects.get(pk=split.facts["to"]), oaks, by=mod)
    with pytest.raises(NotDone, match="moved on"):
        undoing.undo(split, by=mod)
    assert_consistent()


def test_notes_are_not_for_restoring_and_branches_with_them_move(thread, limes, oaks, mod, say):
    top, left, right = thread.top, thread.left, thread.right
    splitting.split(left, "What is left", by=mod)
    stub = Comment.objects.get(topic=limes, seq=3)
    with pytest.raises(NotDone):
        comments.restore(again(stub), by=mod)
    splitting.split(again(top), "The top", by=mod)
    assert_consistent()
    with pytest.raises(NotDone, match="hidden or deleted"):
        splitting.split(again(stub), "Nothing", by=mod)
    hidden = branches.hide(again(stub).parent.replies.get(pk=right.pk), by=mod)
    undoing.undo(hidden, by=mod)
    assert_consistent()


def test_numbers_are_kept_short():
    for given, short in (([], ""), ([3], "3"), ([3, 7, 8, 9], "3,7-9"), ([1, 2], "1-2")):
        assert comment_numbers.pack(given) == short
        assert comment_numbers.unpack(short) == given
