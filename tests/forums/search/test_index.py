"""Entries are written after each change, whoever makes it, and for all comments of a site that had none."""

from io import StringIO

import pytest
from django.core.management import call_command

from forums.models import SearchEntry, SearchUpdate
from forums.search import index


@pytest.fixture
def indexed(limes, opening):
    index.run()
    return opening


def words(comment):
    index.run()
    vector = SearchEntry.objects.filter(comment=comment).values_list("words", flat=True).first() or ""
    return sorted(word.split(":")[0].strip("'") for word in vector.split() if ":" in word)


def test_each_change_is_written(indexed, limes, ben, mod, say, vault):
    reply = say(indexed, "Two trees.")
    assert words(reply) == ["tree", "two"]
    reply.edit(by=ben, body="Three trees.")
    assert words(reply) == ["three", "tree"]
    limes.rename("Pears")
    assert words(indexed) == ["pear", "think"]
    reply.set_hidden(mod)
    assert words(reply) == []
    reply.set_shown()
    assert words(reply) == ["three", "tree"]
    reply.delete_by_author()
    assert words(reply) == []


def test_a_vote_writes_nothing(indexed):
    type(indexed).objects.filter(pk=indexed.pk).update(ups=1)
    assert not SearchUpdate.objects.exists()


def test_a_site_that_had_no_entries_gets_them_in_batches(indexed, say, monkeypatch):
    monkeypatch.setattr(index, "BATCH", 2)
    replies = [say(indexed, f"Tree {number}.") for number in range(4)]
    SearchUpdate.objects.all().delete()
    SearchEntry.objects.all().delete()
    SearchUpdate.objects.of_everything()
    assert index.run(seconds=0) == 2
    assert list(SearchEntry.objects.order_by("pk").values_list("pk", flat=True)) == [
        each.pk for each in replies[2:]
    ]
    assert index.waiting() == 3
    late = say(indexed, "A new tree is not kept waiting.")
    assert index.run(seconds=0) == 1
    assert SearchEntry.objects.filter(comment=late).exists()
    assert index.run() == 3
    assert (SearchEntry.objects.count(), index.waiting()) == (6, 0)


def test_the_command_writes_all_entries_again(indexed, settings):
    settings.SEARCH_LANGUAGE = "simple"
    told = StringIO()
    call_command("index_search", stdout=told)
    assert told.getvalue() == "1 comments\nSearch finds all comments.\n"
    assert words(indexed) == ["do", "limes", "plant", "shall", "think", "we", "what", "you"]


def test_doctor_says_what_search_does_not_find(indexed, settings, monkeypatch):
    assert list(index.findings()) == [(True, "Search finds all comments")]
    monkeypatch.setattr(index, "BATCH", 0)
    SearchUpdate.objects.of_everything()
    settings.SEARCH_LANGUAGE = "klingon"
    wrong, late = index.findings()
    assert (wrong[0], wrong[1][:26]) == (False, "SEARCH_LANGUAGE is klingon")
    assert (late[0], late[1][:36]) == (None, "Search does not find 1 comment yet. ")
