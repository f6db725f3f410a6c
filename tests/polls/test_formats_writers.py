"""Exports for spreadsheets, programs and election tools."""

import csv
import io
import json

from polls.formats import READERS, WRITERS, Cast, Election
from polls.tally import Method

FRUIT = {7: "Apple", 4: "Pear", 9: "Plum"}
RANKED = Election(
    "Which tree?",
    Method.SCHULZE,
    FRUIT,
    [
        Cast(((4,), (7, 9)), 1, "r-2"),
        Cast(((7,),), 1, "r-1"),
        Cast(((4,), (7, 9)), 1, "r-3"),
        Cast((), 1, "r-4"),
    ],
)


def write(name, election):
    return "".join(WRITERS[name](election))


def rows(election):
    return list(csv.reader(io.StringIO(write("csv", election))))


def test_csv_has_a_row_a_ballot_and_the_rank_of_each_option():
    assert rows(RANKED) == [
        ["ballot", "count", "Apple", "Pear", "Plum"],
        ["r-2", "1", "2", "1", "2"],
        ["r-1", "1", "1", "", ""],
        ["r-3", "1", "2", "1", "2"],
        ["r-4", "1", "", "", ""],
    ]


def test_csv_tells_a_score_of_nought_from_a_blank_and_marks_choices_with_1():
    scores = Election("Taste", Method.SCORE, FRUIT, [Cast(((4, 0), (7, 5)), 2)])
    assert rows(scores)[1] == ["", "2", "5", "0", ""]
    chosen = Election("Any", Method.APPROVAL, FRUIT, [Cast((4, 9))])
    assert rows(chosen)[1] == ["", "1", "", "1", "1"]


def test_csv_does_not_let_a_wording_run_as_a_formula():
    options = {1: "=1+1", 2: "-", 3: "1=1", 4: 'He said "yes", twice'}
    assert rows(Election("", Method.ONE, options, [Cast((1,), 1, "@ada")])) == [
        ["ballot", "count", "'=1+1", "'-", "1=1", 'He said "yes", twice'],
        ["'@ada", "1", "1", "", "", ""],
    ]


def test_json_holds_the_ballots_as_they_are_counted():
    assert json.loads(write("json", RANKED)) == {
        "title": "Which tree?",
        "method": "schulze",
        "options": [
            {"id": 7, "wording": "Apple"},
            {"id": 4, "wording": "Pear"},
            {"id": 9, "wording": "Plum"},
        ],
        "ballots": [
            {"name": "r-2", "count": 1, "ballot": [[4], [7, 9]]},
            {"name": "r-1", "count": 1, "ballot": [[7]]},
            {"name": "r-3", "count": 1, "ballot": [[4], [7, 9]]},
            {"name": "r-4", "count": 1, "ballot": []},
        ],
    }
    assert json.loads(write("json", Election("", Method.ONE, FRUIT, [])))["ballots"] == []


def test_blt_counts_equal_ballots_together_and_is_read_back(tmp_path):
    text = write("blt", RANKED)
    assert text == '3 1\n2 2 1=3 0\n1 0\n1 1 0\n0\n"Apple"\n"Pear"\n"Plum"\n"Which tree?"\n'
    path = tmp_path / "trees.blt"
    path.write_text(text)
    (again,) = READERS["blt"](path, print)
    assert (again.title, again.method) == ("Which tree?", Method.SCHULZE)
    assert again.ballots == [Cast(((2,), (1, 3)), 2), Cast((), 1), Cast(((1,),), 1)]


def test_blt_keeps_a_wording_on_its_line_and_in_its_quotes():
    options = {1: 'The "Rock"', 2: "two\nlines"}
    assert write("blt", Election("T", Method.ONE, options, [Cast((2,))])) == (
        '2 1\n1 2 0\n0\n"The \'Rock\'"\n"two lines"\n"T"\n'
    )


def test_the_preference_format_ranks_scores_from_the_highest():
    scores = Election("Taste", Method.SCORE, FRUIT, [Cast(((4, 0), (7, 5), (9, 5)), 2), Cast((), 1)])
    assert write("preference", scores) == (
        "# Taste\n#/Candidates: Apple ; Pear ; Plum\n"
        "#/Number of Seats: 1\n#/Implicit Ranking: true\n#/Weight Allowed: false\n\n"
        "Apple = Plum > Pear * 2\n/EMPTY_RANKING/ * 1\n"
    )


def test_the_preference_format_keeps_its_own_signs_out_of_wordings():
    options = {1: "A > B", 2: "A = B", 3: "***"}
    text = write("preference", Election("a; b", Method.ONE, options, [Cast((2,))]))
    assert "#/Candidates: A B 1 ; A B 2 ; option\n" in text
    assert text.endswith("\nA B 2 * 1\n")
