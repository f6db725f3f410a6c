"""Rows of lists are kept ready; whatever a row shows makes another of it."""

import pytest

from forums import topic_rows
from forums.models import Topic, Visit


@pytest.fixture
def row(limes):
    """A function that gives Limes's row as `viewer` has it."""

    def row(viewer):
        return topic_rows.of(Topic.objects.for_list(viewer).filter(pk=limes.pk))

    return row


def test_a_row_that_looks_the_same_is_rendered_once(row, ada, monkeypatch):
    once = row(ada)
    monkeypatch.setattr(topic_rows, "get_template", None)
    assert row(ada) == once


def test_another_process_finds_what_one_has_rendered(row, limes, opening, say, ada, monkeypatch):
    once = row(ada)
    topic_rows._kept.clear()
    with monkeypatch.context() as patched:
        patched.setattr(topic_rows, "get_template", None)
        assert row(ada) == once
    say(opening)
    topic_rows._kept.clear()
    assert "last by" in row(ada)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param(lambda t: rename(t.author, "Adele"), "Adele", id="author"),
        pytest.param(lambda t: rename(t.last_author, "Benno"), "last by Benno", id="last author"),
        pytest.param(lambda t: rename(t.category, "Trees", "name"), ">Trees<", id="category"),
        pytest.param(lambda t: rename(t.category, "trees", "slug"), "/c/trees/", id="address"),
        pytest.param(lambda t: rename(t.category, "plum", "colour"), 'data-colour="plum"', id="colour"),
        pytest.param(lambda t: rename(t.author, "avatars/x.webp", "avatar"), "avatars/x.webp", id="picture"),
        pytest.param(lambda t: rename(t.author, t.created_at, "deleted_at"), "deleted member", id="gone"),
        pytest.param(lambda t: t.rename("Figs"), ">Figs<", id="title"),
    ],
)
def test_whatever_a_row_shows_makes_another_of_it(row, limes, opening, say, ada, ben, change, shown):
    say(opening)
    limes.refresh_from_db()
    assert shown not in row(ada)
    change(limes)
    assert shown in row(ada)


def test_a_row_says_what_is_new_to_whoever_looks(row, limes, opening, say, ben, cleo, monkeypatch):
    limes.refresh_from_db()
    Visit.objects.begin(cleo, limes)
    say(opening)
    assert "1 new" not in row(ben)
    monkeypatch.setattr(
        topic_rows, "get_template", None
    )  # it is the same row, whose holes are filled otherwise
    assert f'<a class="badge new" href="{limes.get_absolute_url()}?new=1">1 new</a>' in row(cleo)
    assert ('class="topic is-new"' in row(cleo), 'class="topic is-new"' in row(ben)) == (True, False)


def test_a_process_keeps_no_more_rows_than_it_may(row, limes, ada, monkeypatch):
    monkeypatch.setattr(topic_rows, "KEPT", 2)
    for title in ("Figs", "Plums", "Pears", "Quinces"):
        limes.rename(title)
        assert title in row(ada)
    assert len(topic_rows._kept) <= 2


def rename(thing, value, field="username"):
    type(thing).objects.filter(pk=thing.pk).update(**{field: value})
