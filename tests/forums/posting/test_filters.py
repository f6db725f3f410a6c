"""Filters of words and patterns: their effects, and that no pattern can hang the site."""

import re
import subprocess
import sys
import time

import pytest
from django.core.exceptions import ValidationError

from forums.models import Filter
from forums.models.moderation import patterns
from forums.posting import filters


def watch(lines, does="hold", **more):
    new = Filter(lines=lines, does=does, **more)
    new.full_clean()
    new.save()
    return new


@pytest.mark.parametrize(
    ("line", "is_pattern", "text", "found"),
    [
        ("casino", False, "The best CASINO here", "CASINO"),
        ("casino", False, "casinos are elsewhere", ""),
        ("casino", False, "(casino)", "casino"),
        ("buy now", False, "Please Buy now!", "Buy now"),
        ("бад", False, "новый БАД здесь", "БАД"),
        ("бад", False, "бады", ""),
        ("a.c", False, "abc", ""),
        ("a.c", False, "a.c", "a.c"),
        ("$$$", False, "win$$$now", "$$$"),
        ("+", False, "1+1", "+"),
        ("casin[o0]", True, "my casin0s", "casin0"),
        (r"https?://\S+\.example\b", True, "see http://x.example/", "http://x.example"),
        (r"\bpills?\b", True, "Pills.", "Pills"),
    ],
)
def test_what_is_found(line, is_pattern, text, found):
    assert patterns.compile(line, is_pattern=is_pattern).find(text) == found


def test_words_are_replaced_where_they_stand_alone():
    word = patterns.compile("heck", is_pattern=False)
    assert word.replace("Heck, what the heck? Checkers.", "***") == "***, what the ***? Checkers."
    pattern = patterns.compile("é+", is_pattern=True)
    assert pattern.replace("日é本éé!", r"\1") == r"日\1本\1!"


@pytest.mark.parametrize(
    ("line", "is_pattern"),
    [
        ("(a", True),
        ("a*", True),
        ("", True),
        ("(?=a)b", True),
        (r"(a)\1", True),
        ("x" * 201, False),
        ("(a{1000}){1000}", True),
    ],
)
def test_what_is_no_pattern_is_refused_with_a_sentence(line, is_pattern):
    with pytest.raises(ValueError, match=r"\.$"):
        patterns.compile(line, is_pattern=is_pattern)
    assert patterns.compile("(a)", is_pattern=True).find("a") == "a"


def test_the_form_names_the_line_that_is_no_pattern(db):
    with pytest.raises(ValidationError) as refused:
        watch("fine\n(broken", is_pattern=True)
    assert "“(broken”: RE2 does not accept this: missing ): (broken." in str(refused.value)
    with pytest.raises(ValidationError):
        watch("  \n ")
    assert not Filter.objects.exists()


LONG = ["ab" * 20_000, *(each * 4_000 for each in ("a", "x", "é", "aaaa!"))]
"""One text is as long as they may be. An expression that backtracks would hang on the shorter ones, too."""
CRUEL = [
    r"(a+)+$",
    r"(a|aa)+c",
    r"(.*)*x$",
    r"(x+x+)+y",
    r"(a?){100}a{100}",
    r"(?:.?){1000}z",
    r"(.{0,200}){5}q",
    r"(?:[ab]{1,100}){10}z",
    r"a.*b|a",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
]


@pytest.mark.parametrize("pattern", CRUEL)
def test_no_pattern_hangs_on_the_longest_text(pattern):
    try:
        expression = patterns.compile(pattern, is_pattern=True)
    except ValueError:
        assert pattern in CRUEL[:9]
        return
    for text in LONG:
        began = time.thread_time()
        expression.find(text)
        expression.replace(text, "*")
        assert time.thread_time() - began < 10


def test_the_standard_library_would_hang_on_such_a_pattern():
    program = f"import re; re.search({CRUEL[0]!r}, {'a' * 60 + '!'!r})"
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", program], timeout=1, check=False)
    assert patterns.compile(CRUEL[0], is_pattern=True).find("a" * 60 + "!") == ""
    assert re.search(CRUEL[0], "aaa")


def test_a_pattern_that_takes_long_is_not_taken(db):
    for pattern in (r"(?:.?){1000}z", r"(.{0,200}){5}q"):
        with pytest.raises(ValidationError, match="takes too long on a long text"):
            watch(f"casino\n{pattern}", is_pattern=True)
    watch(r"https?://\S+\.(?:example|invalid)\b", is_pattern=True)


def test_a_text_for_which_the_time_is_not_enough_is_held(db, monkeypatch):
    for pattern in (r"(?:.?){900}z", r"(.{0,190}){5}q"):
        Filter.objects.create(lines=pattern, does="flag", is_pattern=True)
    monkeypatch.setattr(filters, "BUDGET", 0.01)
    began = time.thread_time()
    verdict = filters.judge("", "ab" * 20_000, is_new=False)
    assert time.thread_time() - began < 10
    assert verdict.held == "(too much to look through)"
    monkeypatch.setattr(filters, "BUDGET", 60)
    assert filters.judge("", "ab" * 20, is_new=False).held == ""


def test_each_filter_does_its_own(db):
    watch("blockword", "block")
    watch("holdword", "hold")
    watch("flagword", "flag")
    watch("heck", "replace", replacement="gosh")
    watch("rookie", "hold", whom="new")
    for text, said in (
        ("A blockword", {"blocked": "blockword"}),
        ("A holdword", {"held": "holdword"}),
        ("A flagword", {"flagged": "flagword"}),
        ("What the heck", {"body": "What the gosh"}),
        ("rookie", {}),
        ("plain", {}),
    ):
        clean = {"title": "", "body": text, "blocked": "", "held": "", "flagged": ""}
        assert filters.judge("", text, is_new=False)._asdict() == clean | said
    assert filters.judge("", "rookie", is_new=True).held == "rookie"
    assert filters.judge("holdword", "plain", is_new=False).held == "holdword"


def test_a_filter_out_of_force_and_the_switch_do_nothing(db, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        watched = watch("casino")
    assert filters.judge("", "casino", is_new=False).held == "casino"
    settings.FILTERS = False
    assert filters.judge("", "casino", is_new=False).held == ""
    settings.FILTERS = True
    watched.is_active = False
    with django_capture_on_commit_callbacks(execute=True):
        watched.save()
    assert filters.judge("", "casino", is_new=False).held == ""


def test_nothing_is_left_of_a_text_but_stars(db):
    watch("heck", "replace", replacement="")
    assert filters.judge("heck", "heck", is_new=False)[:2] == ("***", "***")


def test_a_longer_title_than_fits_is_cut(db):
    watch("x", "replace", replacement="y" * 100)
    title = filters.judge("x x x", "", is_new=False).title
    assert len(title) == 200


def test_filters_are_compiled_once_for_many_texts(db, django_assert_num_queries):
    watch("casino")
    filters.judge("", "one", is_new=False)
    with django_assert_num_queries(0):
        for _ in range(3):
            filters.judge("", "casino", is_new=False)
