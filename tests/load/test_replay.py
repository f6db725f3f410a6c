"""The replay of a chat: its lines, their times, their parents, and the check of the pages."""

import json
from uuid import uuid4

import pytest

from forums.models import Category, Topic
from forums.reading import changes_since
from tests.load import replay
from tests.load.replay_tab import Tab
from tests.simulated_page import SimulatedPage

LOG = """\
=== kit has joined #bikes
[23:58] <kit> Does anybody have a pump?
[23:58] <Mo|away> Which valve?
[23:59] <kit> A French one.
=== Mo|away is now known as Mo
[00:01] <Mo> Then yes.
[00:01] <kit>
[00:01] <zoë> I have oil, too.
"""
LINKS = "1 1 -\n1 2 -\n2 3 -\n3 5 -\n2 5 -\n4 5 -\n7 7 -\n"


@pytest.fixture
def log(tmp_path):
    (tmp_path / "bikes.annotation.txt").write_text(LINKS)
    (tmp_path / "bikes.raw.txt").write_text(LOG)
    return tmp_path / "bikes.raw.txt"


@pytest.fixture
def topic(ada):
    category = Category.objects.create(name="Town", slug="town")
    return Topic.open(author=ada, category=category, title="Bikes", body="Talk.", token=uuid4())


@pytest.fixture
def played(log, topic):
    lines = replay.read(log)
    played = list(replay.play(lines, topic, replay.cast(lines), speed=1_000_000))
    topic.refresh_from_db()
    return played


def page_of(topic):
    """A page that has been told everything."""
    page = SimulatedPage(0, 0, topic.pk)
    page.apply(json.loads(changes_since.since(topic, 0)))
    return page


def test_lines_are_spread_over_their_minutes_and_past_midnight(log):
    assert [(line.number, line.at, line.nick) for line in replay.read(log)] == [
        (1, 0, "kit"), (2, 30, "Mo|away"), (3, 60, "kit"), (5, 180, "Mo"), (7, 210, "zoë"),
    ]  # fmt: skip


def test_a_line_answers_the_latest_line_it_is_linked_to_and_never_a_notice(log):
    assert [line.answers for line in replay.read(log)] == [None, 1, 2, 3, None]


@pytest.mark.django_db
def test_the_conversation_becomes_a_tree_by_members_with_these_names(played, topic):
    said = {comment.body: comment for comment in topic.comments.select_related("parent", "author")}
    assert said["Then yes."].parent == said["A French one."]
    assert said["Which valve?"].parent == said["Does anybody have a pump?"]
    assert said["Does anybody have a pump?"].parent == said["I have oil, too."].parent == said["Talk."]
    assert said["A French one."].author == said["Does anybody have a pump?"].author
    assert said["Which valve?"].author.username == "irc-Mo-away"
    [again] = set(replay.cast([replay.Line(1, 0, "KIT", "Hm.", None)]).values())
    assert again == said["A French one."].author


@pytest.mark.django_db
def test_the_check_accepts_a_correct_page_and_finds_each_kind_of_difference(played, topic):
    assert len(played) == 5 and replay.differences(page_of(topic), topic) == []
    first, second, *_ = topic.comments.order_by("pk")[1:]
    for spoil in (
        lambda page: page.comments.pop(second.pk),
        lambda page: page.comments[second.pk].update(parent=first.parent_id),
        lambda page: page.comments[second.pk].update(path=[second.seq]),
        lambda page: page.comments[second.pk].update(html="<li>Something else</li>"),
        lambda page: page.comments[second.pk].update(seq=99),
    ):
        page = page_of(topic)
        spoil(page)
        assert replay.differences(page, topic) == [second.pk]
    page = page_of(topic)
    page.comments[10**9] = dict(page.comments[second.pk], id=10**9)
    assert replay.differences(page, topic) == [10**9]


def row(number, answers, *around):
    """A row as a browser finds it: a comment's number, the one that it says it answers, and those around it."""
    return {"id": number, "seq": number, "parent": answers, "path": [*around, number], "html": ""}


def test_a_tab_reads_rows_by_their_place_and_those_below_the_eighth_level_by_their_parent():
    chain = [row(number, number - 1, *range(2, number)) for number in range(3, 10)]
    flat = [row(10, 9, *range(2, 9)), row(11, 10, *range(2, 9))]
    page = Tab(None)
    page.take([row(1, None) | {"path": []}, row(2, None), *chain, *flat])
    ways = {number: each["path"] for number, each in page.comments.items()}
    assert ways == {1: [], **{number: list(range(2, number + 1)) for number in range(2, 12)}}
    assert page.comments[2]["parent"] == 1


def test_a_row_in_another_place_than_its_parent_says_counts_as_wrong():
    page = Tab(None)
    page.take([row(1, None) | {"path": []}, row(2, None), row(3, None), row(4, 2, 3), row(5, 2)])
    assert page.comments[4]["path"] == [3, 4] and page.comments[5]["path"] == [5]
