"""Open pages of a topic receive moderators' changes, but nothing that their viewers may not see."""

import json

import pytest

from forums.models import Comment, Topic
from forums.moderation import undoing
from forums.moderation.acts import branches, comments, spam, splitting, topics
from forums.reading import changes_since


@pytest.fixture
def since(limes):
    """Returns the changes that a page at this version receives: `since(version)`."""

    def since(version):
        return json.loads(changes_since.since(_fresh(limes), version))

    return since


def _fresh(topic):
    return Topic.objects.select_related("category__parent").get(pk=topic.pk)


@pytest.fixture
def thread(opening, say, cleo):
    top = say(opening, "top")
    return top, say(top, "below", author=cleo)


def again(comment):
    return Comment.objects.select_related("topic__category__parent", "author", "hidden_in").get(pk=comment.pk)


def told(answer):
    return {each["id"]: each for each in answer["comments"]}


def test_a_hidden_comment_loses_its_text_and_its_author(since, limes, thread, mod, rule):
    seen = _fresh(limes).version
    comments.hide(thread[1], by=mod, rule=rule)
    said = told(since(seen))[thread[1].pk]
    assert said["by"] is None
    assert "Hidden by a moderator: off topic (rule 2)" in said["html"]
    assert "below" not in said["html"]
    assert "Cleo" not in said["html"]


def test_a_hidden_branch_is_a_placeholder_and_what_was_below_has_vanished(since, limes, thread, mod):
    top, below = thread
    seen = _fresh(limes).version
    hidden = branches.hide(top, by=mod)
    answer = since(seen)
    assert "Branch hidden by a moderator." in told(answer)[top.pk]["html"]
    assert told(answer)[below.pk]["is_gone"]
    assert answer["facts"]["comment_count"] == 0
    seen = _fresh(limes).version
    undoing.undo(hidden, by=mod)
    answer = told(since(seen))
    assert "top" in answer[top.pk]["html"]
    assert "below" in answer[below.pk]["html"]
    assert "is_gone" not in answer[below.pk]


def test_a_removed_spammers_comments_vanish(since, limes, thread, mod, cleo):
    seen = _fresh(limes).version
    spam.remove(cleo, by=mod)
    assert told(since(seen))[thread[1].pk]["is_gone"]


def test_what_has_been_moved_makes_pages_begin_anew(since, limes, thread, mod):
    seen = _fresh(limes).version
    assert since(seen)["facts"]["rearranged_in"] <= seen
    split = splitting.split(again(thread[0]), "Away", by=mod)
    assert since(seen)["facts"]["rearranged_in"] > seen
    seen = _fresh(limes).version
    undoing.undo(split, by=mod)
    assert since(seen)["facts"]["rearranged_in"] > seen


def test_states_of_the_topic_are_told(since, limes, mod):
    seen = _fresh(limes).version
    topics.lock(limes, by=mod)
    topics.rename(limes, "Limes", by=mod)
    facts = since(seen)["facts"]
    assert (facts["is_locked"], facts["title"]) == (True, "Limes")


def test_a_closed_branch_is_marked(since, limes, thread, mod):
    seen = _fresh(limes).version
    branches.lock(thread[0], by=mod)
    html = told(since(seen))[thread[0].pk]["html"]
    assert "is-locked" in html
    assert "branch locked" in html
