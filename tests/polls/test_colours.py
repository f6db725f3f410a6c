"""The colours of polls in both themes: text at 4.5 to 1, bars at 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from tests.test_design import STATIC, THEMES, VALUES, contrast

SHEET = (STATIC / "css/components/poll.css").read_text()
MEANINGS = {"text": "ink", "text-soft": "ink-soft", "link": "oak", "surface": "sheet", "page": "paper"}


def mix(one, other, share):
    """`share` of the one colour and the rest of the other, as color-mix and opacity mix them in srgb."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def value(name, theme):
    return VALUES[MEANINGS.get(name, name)][theme]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("oak-deep", "surface"),  # "You have voted"
        ("oak-deep", "oak-wash"),  # who wins a pair
        ("text-soft", "oak-wash"),  # the help beside a receipt
        ("text", "oak-wash"),  # a chosen option
        ("text-soft", "surface"),
        ("text-soft", "page"),
        ("link", "surface"),
    ],
)
def test_the_words_of_a_poll_are_legible(text, ground, theme):
    assert contrast(value(text, theme), value(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_bars_stand_out_from_their_track(theme):
    shares = {int(share) for share in re.findall(r"var\(--oak\) (\d+)%, var\(--sunk\)", SHEET)}
    assert len(shares) == 1
    bar = mix(value("oak", theme), value("sunk", theme), shares.pop() / 100)
    assert contrast(bar, value("sunk", theme)) >= 3
