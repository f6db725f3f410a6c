"""Rows of topic lists are cached. A change of shared content makes a new row; personal data fills its slots."""

import pytest

from forums.listing import row_html
from forums.models import Topic, Visit


@pytest.fixture
def row(limes):
    """Returns the row of the topic "limes" for a viewer."""

    def row(viewer):
        return row_html.of(Topic.objects.for_list(viewer).filter(pk=limes.pk).rows())

    return row


def test_a_row_that_looks_the_same_is_rendered_once(row, ada, monkeypatch):
    once = row(ada)
    monkeypatch.setattr(row_html, "get_template", None)
    assert row(ada) == once


def test_a_reply_renders_nothing(row, limes, opening, say, ada, monkeypatch):
    first = say(opening)
    assert '<span class="number">1</span>' in row(ada)
    monkeypatch.setattr(row_html, "get_template", None)
    say(opening, author=ada)
    Topic.objects.filter(pk=limes.pk).update(
        last_comment_at=first.created_at.replace(year=2001, month=2, day=3)
    )
    shown = row(ada)
    assert '<span class="last">last by Ada</span>' in shown and '<span class="number">2</span>' in shown
    assert '<time datetime="2001-02-03T' in shown


def test_a_topic_without_replies_names_nobody(row, limes, ada):
    assert "last by" not in row(ada)


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
        pytest.param(lambda t: rename(t.last_author, "<b>Ben</b>"), "by &lt;b&gt;Ben&lt;/b&gt;<", id="marks"),
        pytest.param(lambda t: t.rename("Figs"), ">Figs<", id="title"),
        pytest.param(lambda t: rename(t, "figs", "slug"), "/figs/", id="address of the topic"),
        pytest.param(lambda t: rename(t, t.created_at, "locked_at"), "Locked: ", id="locked"),
        pytest.param(lambda t: pin(t), "Pinned: ", id="pinned"),
        pytest.param(
            lambda t: pin(t) and rename(t, "So.", "excerpt"), '<p class="excerpt">So.', id="excerpt"
        ),
        pytest.param(lambda t: rename(t, t.created_at, "debate_from"), ">debate<", id="debate"),
        pytest.param(lambda t: rename(t, t.comments.last(), "accepted"), ">answered<", id="answer"),
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
    monkeypatch.setattr(row_html, "get_template", None)  # the same cached row with other values in its slots
    assert f'<a class="badge new" href="{limes.get_absolute_url()}?new=1">1 new</a>' in row(cleo)
    assert ('class="topic is-new"' in row(cleo), 'class="topic is-new"' in row(ben)) == (True, False)


def test_a_process_keeps_no_more_rows_than_it_may(row, limes, ada, monkeypatch):
    monkeypatch.setattr(row_html, "CACHED_ROWS", 2)
    for title in ("Figs", "Plums", "Pears", "Quinces"):
        limes.rename(title)
        assert title in row(ada)
    assert len(row_html._cached) <= 2


def pin(topic):
    return rename(topic, topic.created_at, "pinned_at")


def rename(thing, value, field="username"):
    return type(thing).objects.filter(pk=thing.pk).update(**{field: value})
