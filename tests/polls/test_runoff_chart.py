"""Charts of results contain numbers and letters, and nothing that a strict content security policy blocks."""

from xml.etree import ElementTree

from polls.results.runoff_chart import rounds
from polls.tally import Method, Tally

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {1: "Oak <b>&", 2: "Elm", 3: "Fir"}


def runoff(ballots, options=LABELS):
    tally = Tally.empty(Method.RUNOFF, options)
    for ballot, voters in ballots.items():
        tally.add(tuple((option,) for option in ballot), voters)
    return tally.result()


def parse(picture):
    """The chart as a tree. Inline SVG needs no namespace, but a parser does."""
    return ElementTree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(picture):
    return [element.text for element in parse(picture).iter(f"{SVG}text")]


TREES = rounds(runoff({(1,): 8, (2, 1): 7, (3, 2): 5, (3,): 1}), LABELS, "Which tree?", "poll-7")


def test_every_round_shows_the_votes_and_who_is_eliminated():
    assert texts(TREES) == [
        "Round 1: C Fir is eliminated",
        "A 8",
        "B 7",
        "C 6",
        "Round 2: B Elm wins",
        "A 8",
        "B 12",
        "\N{EN DASH} 1",
        "A Oak <b>&",
        "B Elm",
        "C Fir",
        "\N{EN DASH} no further choice on the ballot",
    ]


def test_ribbons_show_where_votes_went():
    kinds = [element.get("class") for element in parse(TREES).iter(f"{SVG}path") if element.get("class")]
    assert kinds == ["picture-stays", "picture-stays", "picture-moves", "picture-moves"]


def test_options_differ_by_pattern_as_well_as_by_letter():
    fills = [e.get("fill") for e in parse(TREES).iter(f"{SVG}rect") if e.get("class") == "picture-bar"]
    assert fills == [f"url(#poll-7-fill-{number})" for number in (0, 1, 2, 0, 1)] + ["none"]
    names = {element.get("id") for element in parse(TREES).iter(f"{SVG}pattern")}
    assert {"poll-7-fill-0", "poll-7-fill-1", "poll-7-fill-2"} <= names


def test_charts_have_a_name_and_keep_to_the_content_security_policy():
    root = parse(TREES)
    assert root.find(f"{SVG}title").text == "Which tree?"
    assert root.get("aria-labelledby") == root.find(f"{SVG}title").get("id")
    attributes = {name for element in root.iter() for name in element.attrib}
    assert "style" not in attributes
    assert not any(name.startswith("on") or name == "href" for name in attributes)
    assert not {element.tag for element in root.iter()} & {f"{SVG}style", f"{SVG}script"}


def test_a_long_count_shows_its_first_and_its_last_rounds():
    labels = {option: f"Option {option}" for option in range(1, 17)}
    result = runoff({(option,): 10 + option for option in labels}, labels)
    headings = [text for text in texts(rounds(result, labels, "Long", "poll-9")) if text.startswith("Round")]
    numbers = [int(text.split()[1].rstrip(":")) for text in headings]
    assert len(result.rounds) > 12
    assert numbers == [1, *range(len(result.rounds) - 10, len(result.rounds) + 1)]


def test_without_a_count_there_is_no_chart():
    assert rounds(runoff({}), LABELS, "Which tree?", "poll-7") == ""
