"""Texts that members type: accepted unchanged, cleaned, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.markup import LONGEST, clean


def test_ordinary_text_in_any_script_is_left_alone():
    for text in (
        "Plain words.",
        "Ünïcode, 日本語, हिन्दी",
        "שלום עולם",
        "مرحبا\u200f!",
        "👩\u200d👩\u200d👧",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ):
        assert clean(text) == text


def test_line_ends_become_one_kind_and_outer_space_goes_but_not_the_first_indentation():
    assert clean("\r\n    code\r\nnext\rlast\u2028more  \n\n") == "    code\nnext\nlast\nmore"


def test_letters_are_composed():
    assert clean("Cafe\u0301") == "Café"


def test_controls_that_disguise_text_are_removed():
    assert clean("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert clean("a\u2066b\u2069c\x07d\x1b[31m\ufeff") == "abcd[31m"
    assert clean("half \ud83d of a pair") == "half  of a pair"


def test_a_tower_of_marks_is_cut_down():
    assert len(clean("Z" + "\u0300\u0316" * 5_000)) < 12
    assert clean("བརྒྱུད") == "བརྒྱུད"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d", "\u3164\u2800", "\u202e"])
def test_nothing_to_read_is_refused(text):
    with pytest.raises(ValueError, match="Write something first"):
        clean(text)


def test_a_nul_byte_is_refused():
    assert clean("ab") == "ab"
    with pytest.raises(ValueError, match="NUL"):
        clean("a\0b")


def test_the_longest_text_is_accepted_and_one_character_more_is_not():
    assert len(clean("a\r\n" * (LONGEST // 2 - 1) + "ab")) == LONGEST
    with pytest.raises(ValueError, match="40,001 characters"):
        clean("a" * (LONGEST + 1))
    with pytest.raises(ValueError, match="At most 40,000"):
        clean("x" * 1_000_000)


@given(st.text(max_size=400))
def test_cleaning_refuses_with_a_sentence_or_gives_text_that_stays_the_same(text):
    try:
        cleaned = clean(text)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
        return
    assert clean(cleaned) == cleaned
    cleaned.encode()
