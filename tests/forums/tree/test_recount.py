"""The recount reports and repairs wrong counters, and does not write right ones."""

from datetime import timedelta
from random import Random

from django.core.management import call_command

from forums.models import Comment, Origin, Topic, Vote
from forums.tree import recount


def spoil(model, pk, **values):
    model.objects.filter(pk=pk).update(**values)


def test_a_forum_that_only_people_have_touched_needs_no_mending(limes, opening, say, ada, ben, cleo, mod):
    first = say(opening)
    second = say(first, author=cleo)
    say(second)
    hidden = say(opening)
    Vote.objects.cast(opening, by=ben, value=1)
    Vote.objects.cast(first, by=ada, value=-1)
    Vote.objects.cast(first, by=cleo, value=1)
    hidden.set_hidden(by=mod)
    second.delete_by_author()
    say(first).delete_by_author()
    assert recount.differences() == []


def test_every_counter_that_is_wrong_is_mended(limes, opening, say, ben, capsys):
    first = say(opening)
    second = say(first)
    Vote.objects.cast(opening, by=ben, value=1)
    limes.refresh_from_db()
    right = Topic.objects.values().get(), list(Comment.objects.order_by("pk").values())
    spoil(Comment, first.pk, descendants=9)
    spoil(Comment, opening.pk, ups=4, downs=2)
    spoil(
        Topic,
        limes.pk,
        comment_count=7,
        last_seq=8,
        score=5,
        last_comment_at=second.created_at - timedelta(days=1),
        last_author=None,
    )
    call_command("recount")
    topic, comments = Topic.objects.values().get(), list(Comment.objects.order_by("pk").values())
    assert topic.pop("version") == right[0].pop("version") + 1
    assert (topic, comments) == right
    shown = capsys.readouterr().out.splitlines()
    assert shown[:5] == [
        f"comment {first.pk}: descendants was 9, counted 1",
        f"comment {opening.pk}: ups was 4, counted 1",
        f"comment {opening.pk}: downs was 2, counted 0",
        f"topic {limes.pk}: comment_count was 7, counted 2",
        f"topic {limes.pk}: last_seq was 8, counted 3",
    ]
    assert shown[-1] == "Recounted 1 topic and 3 comments: corrected 8 counters in 1 topic."
    call_command("recount")
    assert capsys.readouterr().out == "Recounted 1 topic and 3 comments: every counter was right.\n"


def test_only_the_topic_that_is_wrong_changes(open_topic):
    right, wrong = open_topic(), open_topic()
    spoil(Topic, wrong.pk, score=3)
    assert [difference.topic for difference in recount.differences()] == [wrong.pk]
    call_command("recount", verbosity=0)
    assert Topic.objects.get(pk=right.pk).version == right.version
    assert Topic.objects.get(pk=wrong.pk).version == wrong.version + 1


def test_imported_votes_count_together_with_those_cast_here(limes, opening, ben):
    Origin.objects.create(source="elsewhere", comment=opening, ups=5, downs=2)
    Vote.objects.cast(opening, by=ben, value=1)
    call_command("recount", verbosity=0)
    opening.refresh_from_db()
    assert (opening.ups, opening.downs, Topic.objects.get().score) == (6, 2, 4)


def test_a_deleted_comment_counts_while_something_is_shown_below_it(limes, opening, say):
    top = say(opening)
    chain = [top]
    for _ in range(4):
        chain.append(say(chain[-1]))
    for comment in chain[1:4]:
        comment.refresh_from_db()
        comment.delete_by_author()
    assert [c.descendants for c in Comment.objects.filter(seq__gt=1).order_by("seq")] == [4, 3, 2, 1, 0]
    assert recount.differences() == []
    chain[4].refresh_from_db()
    chain[4].delete_by_author()
    assert Comment.objects.get(pk=top.pk).descendants == 0
    assert recount.differences() == []


def test_any_tree_that_is_grown_and_pruned_is_counted_as_it_went(limes, opening, say):
    random = Random(7)
    comments = [opening]
    for _ in range(60):
        comments.append(say(random.choice(comments)))
    for comment in random.sample(comments[1:], 40):
        comment.refresh_from_db()
        comment.delete_by_author()
    assert recount.differences() == []
    assert Comment.objects.filter(descendants__gt=0).exists()


def test_lists_tell_of_the_newest_that_can_be_read(limes, opening, say, ada, ben, cleo, mod):
    first, second, third = say(opening), say(opening, author=cleo), say(opening, author=ada)

    def newest():
        assert recount.differences() == []
        topic = Topic.objects.get(pk=limes.pk)
        return topic.last_author, topic.last_comment_at

    assert newest() == (ada, third.created_at)
    third.set_hidden(by=mod)
    assert newest() == (cleo, second.created_at)
    second.delete_by_author()
    assert newest() == (ben, first.created_at)
    third.set_shown()
    assert newest() == (ada, third.created_at)
    for each in (first, third, opening):
        each.set_hidden(by=mod)
    assert newest() == (ada, opening.created_at)
