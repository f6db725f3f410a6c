"""Random sequences of moderation acts keep counters, paths and visits right.

Undoing all of them, from the last to the first, restores the discussion.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.access.refusal import Refused
from forums.models import Comment, Topic, Visit
from forums.models.moderation.action import NotDone
from forums.moderation import undoing
from forums.moderation.acts import branches, comments, editing, merging, spam, splitting, topics
from tests.forums.moderation.consistency import assert_consistent, tree


@pytest.fixture
def discussions(open_topic, say, ada, ben, cleo, mod):
    """Creates two topics of seven comments by three members, three levels deep. The moderator has read them."""
    made = []
    for title in ("Limes", "Oaks"):
        topic = open_topic(title)
        opening = topic.comments.get()
        first, second = say(opening, f"{title} 2"), say(opening, f"{title} 3", author=cleo)
        third = say(first, f"{title} 4", author=cleo)
        say(third, f"{title} 5", author=ada)
        say(second, f"{title} 6")
        say(first, f"{title} 7", author=ada)
        topic.refresh_from_db()
        Visit.objects.create(member=mod, topic=topic, baseline_seq=topic.last_seq, latest_seq=topic.last_seq)
        made.append(topic)
    return made


ACTS = {
    "hide": lambda comment, **by: comments.hide(comment, **by),
    "restore": lambda comment, **by: comments.restore(comment, **by),
    "hide branch": lambda comment, **by: branches.hide(comment, **by),
    "restore branch": lambda comment, **by: branches.restore(comment, **by),
    "lock branch": lambda comment, **by: branches.lock(comment, **by),
    "split": lambda comment, **by: splitting.split(comment, "A new topic", **by),
    "edit": lambda comment, **by: editing.edit(comment, body=f"{comment.body}!", **by),
    "merge": lambda comment, **by: merging.merge(comment.topic, _other(comment.topic), **by),
    "hide topic": lambda comment, **by: topics.hide(comment.topic, **by),
    "rename": lambda comment, **by: topics.rename(comment.topic, f"{comment.topic.title}!", **by),
    "remove spammer": lambda comment, **by: spam.remove(comment.author, **by),
}
FROM_MEMBERS = ("reply", "delete")
steps = st.lists(st.tuples(st.sampled_from([*ACTS, "undo"]), st.integers(0, 99)), min_size=1, max_size=7)
mixed = st.lists(
    st.tuples(st.sampled_from([*ACTS, "undo", *FROM_MEMBERS]), st.integers(0, 99)), min_size=3, max_size=10
)
few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def _other(topic):
    return (
        Topic.objects.select_related("category__parent").exclude(pk=topic.pk).filter(deleted_at=None).first()
        or topic
    )


def _some_comment(number):
    found = Comment.objects.exclude(author=None).select_related(
        "topic__category__parent", "author", "hidden_in"
    )
    found = found.order_by("pk")
    return found[number % found.count()]


def take(step, number, mod, done):
    """Tries one act. A refusal is fine, because not every act makes sense at every moment."""
    comment = _some_comment(number)
    try:
        if step == "undo":
            if done:
                undoing.undo(done.pop(), by=mod)
        elif step == "reply":
            comment.topic.reply(author=comment.author, parent=comment, body=f"answer {number}", token=None)
        elif step == "delete":
            comment.delete_by_author()
        elif action := ACTS[step](comment, by=mod):
            # Restoring undoes an act, so that act cannot be undone again.
            done[:] = [each for each in done if each != action.undoes]
            if action in done:
                return  # removing a spammer again continues the first removal
            if undoing.may_be_undone(action):
                done.append(action)
            elif action.undoes is None:
                done.append(None)  # it cannot be undone
    except (NotDone, Refused):
        pass


def everything():
    trees = {topic.pk: tree(topic) for topic in Topic.objects.filter(deleted_at=None)}
    states = (
        Topic.objects.filter(deleted_at=None)
        .order_by("pk")
        .values_list("title", "hidden_at", "comment_count")
    )
    return trees, list(states)


@few
@given(steps)
def test_undoing_all_from_the_last_to_the_first_leaves_all_as_it_was(discussions, mod, steps):
    with transaction.atomic():
        before, done = everything(), []
        for step, number in steps:
            if step == "undo":
                continue
            take(step, number, mod, done)
            assert_consistent()
        if None not in done:
            while done:
                undoing.undo(done.pop(), by=mod)
                assert_consistent()
            if not any(step in ("restore", "restore branch") for step, _ in steps):
                assert everything() == before
        transaction.set_rollback(True)


@few
@given(mixed)
def test_whatever_happens_everything_stays_counted(discussions, mod, steps):
    with transaction.atomic():
        done = []
        for step, number in steps:
            take(step, number, mod, done)
            done = [each for each in done if each is not None]
            assert_consistent()
        transaction.set_rollback(True)
