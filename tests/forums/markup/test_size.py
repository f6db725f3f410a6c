"""The rendered size of a text is limited."""

import pytest

from forums.markup import clean_body, render, sanitise, shortened, size

TASKS = "- [ ] a\n" * 5_000


@pytest.mark.parametrize(
    "body",
    [
        TASKS,
        "a\n" * 20_000,
        "*a* " * 10_000,
        "&" * 39_000,
        "|a" * 39 + "|\n" + "|-" * 39 + "|\n" + ("|" * 39 + "|\n") * 900,
    ],
    ids=["tasks", "lines", "emphasis", "ampersands", "table"],
)
def test_a_text_that_renders_to_too_much_is_refused_with_a_sentence(body):
    with pytest.raises(
        ValueError, match=r"^Your text is too large when it is shown: [\d,]+ bytes and [\d,]+ elements"
    ):
        clean_body(body)


@pytest.mark.parametrize("body", ["真" * 40_000, "word " * 7_999, "A line of a poem.\n" * 2_000])
def test_the_longest_ordinary_texts_are_accepted(body):
    assert clean_body(body) == body.strip()


def test_html_is_cut_to_the_limit_and_says_so():
    html = render(TASKS).html
    short = shortened(html)
    assert size.fits(short)
    assert short.endswith(f"</ul>{size.SHORTENED}")
    assert html.startswith(short[:10_000])
    assert sanitise(short) == short


def test_a_single_long_paragraph_is_cut_between_characters():
    short = shortened(f"<p>{'真&amp;' * 40_000}</p>")
    assert size.size(short) <= size.LARGEST
    assert short.endswith(f"</p>{size.SHORTENED}")
    assert shortened("<p>a</p>") == "<p>a</p>"
