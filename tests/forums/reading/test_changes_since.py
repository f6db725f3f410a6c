"""Changes since a version: complete, each once, only for those who may see the topic."""

import json

import pytest

from forums.models import Topic, Vote
from forums.reading import changes_since
from forums.views.finding import find_topic


@pytest.fixture
def ask(visitor):
    """Returns the changes that a visitor's page receives, all parts together: `ask(topic, since)`."""

    def ask(topic, since, client=visitor):
        address, changes = f"/t/{topic.pk}/changes/?since={since}", []
        while address:
            answer = client.get(address)
            assert answer.status_code == 200
            found = answer.json()
            changes += found["comments"]
            address = found.get("more") and f"/t/{topic.pk}/changes/?since={since}&after={found['more']}"
        return found | {"comments": changes}

    return ask


@pytest.fixture
def version():
    return lambda topic: Topic.objects.values_list("version", flat=True).get(pk=topic.pk)


def test_without_changes_the_answer_is_empty(limes, ask, version):
    changes = ask(limes, version(limes))
    assert changes["comments"] == [] and changes["version"] == version(limes)


def test_a_reply_is_sent_as_the_page_shows_it_with_its_place(
    limes, opening, say, ask, version, cleo, sign_in
):
    seen = version(limes)
    first = say(opening, "Limes, *please*.")
    second = say(first, "Why?")
    changes = ask(limes, seen)
    assert [(each["id"], each["seq"], each["parent"], each["path"]) for each in changes["comments"]] == [
        (first.pk, 2, opening.pk, [2]),
        (second.pk, 3, first.pk, [2, 3]),
    ]
    page = sign_in(cleo).get(limes.get_absolute_url()).content.decode()
    assert changes["comments"][1]["html"] in page
    assert "<em>please</em>" in changes["comments"][0]["html"]
    assert changes["facts"]["comment_count"] == 2 and changes["facts"]["last_seq"] == 3


def test_a_vote_is_sent_as_a_number_and_an_edit_as_a_text(limes, opening, say, ask, version, ada, ben):
    comment = say(opening)
    seen = version(limes)
    Vote.objects.cast(comment, by=ada, value=1)
    (changes,) = ask(limes, seen)["comments"]
    assert changes["score"] == 1 and "html" not in changes
    comment.edit(by=ben, body="Limes drop.")
    (changes,) = ask(limes, seen)["comments"]
    assert "Limes drop." in changes["html"]


def test_a_text_that_was_voted_on_afterwards_is_still_sent(limes, opening, say, ask, version, ada):
    seen = version(limes)
    comment = say(opening, "Never shown before.")
    Vote.objects.cast(comment, by=ada, value=1)
    (changes,) = ask(limes, seen)["comments"]
    assert "Never shown before." in changes["html"]


def test_a_hidden_comment_is_sent_without_its_text_and_a_restored_one_with_it(
    limes, opening, say, ask, version, mod
):
    comment = say(opening, "Something rude.")
    seen = version(limes)
    comment.set_hidden(by=mod)
    (changes,) = ask(limes, seen)["comments"]
    assert "Hidden by a moderator" in changes["html"] and "rude" not in changes["html"]
    comment.set_shown()
    (changes,) = ask(limes, seen)["comments"]
    assert "Something rude." in changes["html"]


def test_a_removed_comment_is_sent_as_gone_with_its_placeholder(limes, opening, say, ask, version):
    parent = say(opening)
    reply = say(parent)
    parent.delete_by_author()
    seen = version(limes)
    reply.delete_by_author()
    changes = ask(limes, seen)["comments"]
    assert sorted((each["id"], each.get("is_gone")) for each in changes) == [
        (parent.pk, True),
        (reply.pk, True),
    ]
    assert not any("html" in each or "by" in each for each in changes)


def test_the_facts_of_the_topic_are_sent_with_every_change(limes, ask, version, mod):
    seen = version(limes)
    limes.lock(by=mod)
    limes.rename("No more limes")
    facts = ask(limes, seen)["facts"]
    assert facts["is_locked"] and facts["title"] == "No more limes"
    assert "locked" in facts["head"] and "No more limes" in facts["head"]
    assert facts["address"] == f"/t/{limes.pk}/no-more-limes/"


def test_a_long_answer_comes_in_parts_that_together_hold_everything_once(
    limes, opening, say, ask, version, ada, monkeypatch
):
    monkeypatch.setattr(changes_since, "MAX_COMMENTS", 3)
    seen = version(limes)
    comments = [say(opening, f"Number {n}.") for n in range(10)]
    Vote.objects.cast(comments[0], by=ada, value=1)
    changes = ask(limes, seen)["comments"]
    assert sorted(each["id"] for each in changes) == sorted(each.pk for each in comments)
    assert all("html" in each for each in changes)


def test_changes_at_the_same_version_do_not_hide_each_other(limes, opening, say, ask, version, monkeypatch):
    monkeypatch.setattr(changes_since, "MAX_COMMENTS", 2)
    comments = [say(opening) for _ in range(5)]
    seen = version(limes)
    limes.bump_version()
    limes.comments.filter(seq__gt=1).update(changed_in=seen + 1, written_in=seen + 1)
    assert [each["id"] for each in ask(limes, seen)["comments"]] == [each.pk for each in comments]


def test_it_costs_the_same_for_one_change_and_thirty(
    limes, opening, say, ben, sign_in, django_assert_num_queries
):
    client, seen = sign_in(ben), limes.version
    address = f"/t/{limes.pk}/changes/?since={seen}"
    say(opening)
    client.get(address)
    say(opening)
    with django_assert_num_queries(3):  # the member, the topic, the comments
        client.get(address)
    for _ in range(30):
        say(opening)
    with django_assert_num_queries(3):
        client.get(address)
    with django_assert_num_queries(2):
        client.get(address)


def test_a_private_topic_changes_for_its_group_and_for_nobody_else(
    open_topic, vault, stewards, ada, ben, sign_in, visitor, version
):
    ada.groups.add(stewards)
    secret = open_topic("The key", category=vault)
    address = f"/t/{secret.pk}/changes/?since=0"
    assert "What do you think?" in sign_in(ada).get(address).content.decode()
    for client in (visitor, sign_in(ben)):
        assert client.get(address).status_code == 404
        assert client.get("/t/999999/changes/?since=0").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "?since=", "?since=-1", "?since=x", "?since=99", "?since=1&after=1", "?since=1&after=x.y"]
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(limes, visitor, query):
    answer = visitor.get(f"/t/{limes.pk}/changes/{query}")
    assert answer.status_code == 400 and "no such version" in answer.content.decode()


def test_the_page_says_which_version_it_shows(limes, opening, say, visitor, version):
    say(opening)
    page = visitor.get(limes.get_absolute_url()).content.decode()
    assert f'data-version="{version(limes)}"' in page


def test_imported_and_untouched_comments_are_never_sent(limes, opening, say, ben, version):
    say(opening)
    limes.comments.update(changed_in=0, written_in=0)
    topic = find_topic(ben, limes.pk)
    assert json.loads(changes_since.since(topic, 0))["comments"] == []
