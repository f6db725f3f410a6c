"""The chart of the balance over time is readable without colour and allowed by the security policy."""

import re
from xml.etree import ElementTree

import pytest

from forums.debates import chart, panel
from forums.models import Debate

SVG = "{http://www.w3.org/2000/svg}"
MOMENTS = [[0, 1, 1, 2], [1800, 2, 1, 1], [3600, 3, 0, 1]]
PICTURE = chart.balance(MOMENTS, 7200, 5400, "debate-7")


def parse(picture):
    return ElementTree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def corners(name):
    """Returns the corners of an area in the order of its path."""
    path = next(each for each in parse(PICTURE).iter(f"{SVG}path") if each.get("class") == f"balance-{name}")
    return path.get("d")


def test_areas_are_shares_of_all_who_took_a_side():
    # 360 wide for two hours, 96 high for all members: a quarter, a half, then three quarters are for it.
    assert corners("for") == (
        "M0.0 72.0H90.0L90.0 48.0H180.0L180.0 24.0H270.0L270.0 96.0H180.0L180.0 96.0H90.0L90.0 96.0H0.0z"
    )
    assert corners("against").startswith("M0.0 0.0H90.0L90.0 0.0H180.0L180.0 0.0H270.0L270.0 24.0")
    assert corners("undecided").startswith("M0.0 48.0H90.0L90.0 24.0H180.0")


def test_the_words_say_what_the_colours_say():
    texts = [element.text for element in parse(PICTURE).iter(f"{SVG}text")]
    assert texts == ["for", "against", "start", "2 hours"]
    title = parse(PICTURE).find(f"{SVG}title").text
    assert "At the start: 1 for, 1 undecided, 2 against. In the end: 3 for, 0 undecided, 1 against." in title


def test_it_keeps_to_the_content_security_policy():
    root = parse(PICTURE)
    attributes = {name for element in root.iter() for name in element.attrib}
    assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
    assert not {element.tag for element in root.iter()} & {f"{SVG}style", f"{SVG}script"}


@pytest.mark.parametrize(
    "moments",
    [[[0, 1, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 3]], [[0, 0, 0, 0], [7200, 5, 5, 5]], [[7300, 0, 1, 0]]],
)
def test_edges_of_time_make_no_crooked_picture(moments):
    picture = chart.balance(moments, 7200, 7200, "debate-7")
    numbers = [
        float(each) for each in re.findall(r"-?\d+\.\d", " ".join(re.findall(r' d="([^"]+)"', picture)))
    ]
    assert parse(picture).get("viewBox") == "0 0 360 114"
    assert min(numbers) >= 0 and max(numbers) <= 360


def test_nobody_makes_no_picture():
    assert chart.balance([[0, 0, 0, 0]], 7200, 60, "debate-7") == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "1 minute"), (300, "5 minutes"), (3600, "1 hour"), (7500, "2 hours 5 minutes"), (86_400, "24 hours"),
     (3 * 86_400, "3 days"), (2 * 86_400 + 3600, "2 days 1 hour")],
)  # fmt: skip
def test_lengths_are_said_as_people_do(seconds, words):
    assert chart.length(seconds) == words


def test_it_is_drawn_from_three_changes_on():
    moments = [[0, 2, 0, 0], [60, 1, 1, 0], [120, 1, 0, 1], [180, 0, 0, 2]]
    assert panel.picture(Debate(pk=7), moments[:3], 7200, 7200) == ""
    assert panel.picture(Debate(pk=7), moments, 7200, 7200).startswith('<svg class="picture"')
