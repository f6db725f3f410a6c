"""Highlighted code is legible in both themes, and the markup writes every class that has a colour."""

import re
from pathlib import Path

import pytest
from pygments.token import STANDARD_TYPES

from tests.test_design import THEMES, VALUES, contrast

SHEET = (Path(__file__).parents[3] / "static/css/seldom.css").read_text()
COLOURS = re.findall(r"--code-(\w+): light-dark\((#\w{6}), (#\w{6})\)", SHEET)


@pytest.mark.parametrize(("name", "light", "dark"), COLOURS)
def test_coloured_code_stands_out_from_its_ground(name, light, dark):
    for theme, colour in zip(THEMES, (light, dark), strict=True):
        assert contrast(colour, VALUES["sunk"][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("word", ["oak", "madder"])
def test_added_and_removed_lines_stand_out_from_theirs(word, theme):
    assert contrast(VALUES[word][theme], VALUES[f"{word}-wash"][theme]) >= 4.5


def test_each_class_that_is_coloured_is_one_of_pygments():
    rules = SHEET[SHEET.index(".prose pre code") :]
    assert len(COLOURS) == 7
    assert set(re.findall(r"\.([a-z][a-z0-9]{0,2})\b(?= *[,){])", rules)) <= set(STANDARD_TYPES.values())
