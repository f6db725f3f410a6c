"""Readers keep the good lines of a ballot file and report each broken line."""

import csv
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from polls.formats import READERS, BrokenLine, Cast
from polls.tally import Method, Tally

FIXTURES = Path(__file__).parent / "fixtures"


def read(reader, path):
    """The elections in a file, and its broken lines as pairs of line and reason."""
    broken = []
    elections = list(READERS[reader](path, broken.append))
    assert all(isinstance(line, BrokenLine) for line in broken)
    return elections, [(line.line, line.reason) for line in broken]


def test_minneapolis_passes_over_undervotes_overvotes_and_repeats():
    (election,), broken = read("minneapolis", FIXTURES / "precinct.csv")
    assert (election.title, election.method) == ("Treasurer", Method.RUNOFF)
    assert election.options == {1: "IVY", 2: "OTTO", 3: "PIA", 4: "UWI"}
    assert election.ballots == [
        Cast(((1,), (2,)), 3),
        Cast(((2,),), 2),
        Cast(((3,), (1,)), 1),
        Cast((), 4),
        Cast(((3,), (4,), (2,)), 1),
        Cast(((3,),), 1),
    ]
    assert broken == [
        (6, "3 columns instead of 5"),
        (7, "the count is 'many', not a whole number above 0"),
        (8, "a choice is empty"),
        (10, "2 columns instead of 5"),
    ]


def test_a_workbook_reads_as_its_csv_does(tmp_path):
    rows = list(csv.reader((FIXTURES / "precinct.csv").read_text().splitlines()[:9]))
    book = tmp_path / "precinct.xlsx"
    write_workbook(book, rows)
    (from_book,), broken = read("minneapolis", book)
    (from_csv,), broken_in_csv = read("minneapolis", FIXTURES / "precinct.csv")
    assert from_book.ballots == from_csv.ballots[:-1]
    assert (from_book.title, from_book.options) == (from_csv.title, from_csv.options)
    assert broken == broken_in_csv[:-1]


def write_workbook(path, rows):
    """A workbook like the city's: texts are shared strings, numbers are numbers, empty cells are left out."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    texts = sorted({cell for row in rows for cell in row if not cell.isdigit()})
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [
            f'<c r="{"ABCDE"[column]}{number}"><v>{cell}</v></c>'
            if cell.isdigit()
            else f'<c r="{"ABCDE"[column]}{number}" t="s"><v>{texts.index(cell)}</v></c>'
            for column, cell in enumerate(row)
            if cell
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    with ZipFile(path, "w") as archive:
        strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f"<sst {main}>{strings}</sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        )


def test_debian_s_sheet_gives_ties_gaps_and_receipts():
    (election,), broken = read("debian", FIXTURES / "circle.txt")
    assert election.method is Method.SCHULZE
    assert election.options == {1: "Zoë", 2: "Bram", 3: "Nobody"}
    assert election.ballots == [
        Cast(((1,), (2,)), 1, "aaaa1111"),
        Cast(((1, 2), (3,)), 1, "bbbb2222"),
        Cast((), 1, "cccc3333"),
        Cast(((2, 3), (1,)), 1, "abab7777"),
    ]
    assert broken == [
        (10, "2 ranks for 3 options"),
        (11, "'x' is not a rank from 1 to 3"),
        (12, "'0' is not a rank from 1 to 3"),
        (13, "not a ballot: V:, its ranks, its receipt"),
    ]


def test_hill_s_format_gives_weights_and_shared_ranks():
    (election,), broken = read("blt", FIXTURES / "village.hil")
    assert (election.title, election.method) == ("What the village builds", Method.SCHULZE)
    assert election.options == {1: "Well", 2: "Bridge", 3: "Orchard"}
    assert election.ballots == [
        Cast(((1,), (2,)), 5),
        Cast(((2,), (3,), (1,)), 2),
        Cast((), 1),
        Cast(((2, 3), (1,)), 1),
    ]
    assert broken == [
        (5, "'4' is not one of the 3 options"),
        (6, "the ballot does not end with 0"),
        (7, "'x' is not a number of voters"),
        (8, "an option is ranked twice"),
    ]


def read_blt(tmp_path, *lines):
    path = tmp_path / "town.blt"
    path.write_text("\n".join(lines))
    return read("blt", path)


def test_a_withdrawn_option_is_removed_from_options_and_ballots(tmp_path):
    (election,), broken = read_blt(
        tmp_path, "4 1", "-2 -4", "-9", "3 2 0", "2 2 1 3 0", "1 4=3 1 0", "0", '"A" "B" "C" "D" "Town"'
    )
    assert election.options == {1: "A", 3: "C"}
    assert election.ballots == [Cast((), 3), Cast(((1,), (3,)), 2), Cast(((3,), (1,)), 1)]
    assert (election.method, broken) == (Method.RUNOFF, [(3, "'9' is not one of the 4 options")])


def test_blt_comments_end_lines_but_not_wordings(tmp_path):
    (election,), broken = read_blt(
        tmp_path, "# Counted twice", "2 1 # one seat", "", "4 1 2 0 # precinct 7", "0 # the end",
        '"Candidate #1" # the first', '"Two"', '# "Three"', '"Town # 5"',
    )  # fmt: skip
    assert (election.title, election.options) == ("Town # 5", {1: "Candidate #1", 2: "Two"})
    assert (election.ballots, broken) == ([Cast(((1,), (2,)), 4)], [])


def test_blt_wordings_without_quotes_have_a_line_each(tmp_path):
    (election,), _ = read_blt(tmp_path, "2 1", "1 2 0", "0", "Ann O'Hara (Ind)", 'Bo 6" (X)', "Oban Ward")
    assert (election.title, election.options) == ("Oban Ward", {1: "Ann O'Hara (Ind)", 2: 'Bo 6" (X)'})


@pytest.mark.parametrize("count", ["Count", "COUNT", " count "])
def test_minneapolis_words_may_be_in_capitals_or_not(count, tmp_path):
    path = tmp_path / "ward.csv"
    path.write_text(
        f"PRECINCT,1st Choice Mayor,2nd Choice Mayor,{count}\nP-1,Undervote,IVY,2\nP-2,uwi,OverVote,1\n"
    )
    (election,), broken = read("minneapolis", path)
    assert (election.title, election.options, broken) == ("Mayor", {1: "IVY", 2: "UWI"}, [])
    assert election.ballots == [Cast(((1,),), 2), Cast(((2,),), 1)]


def test_polis_makes_a_poll_of_every_statement_and_keeps_every_vote():
    (sundays, paths), broken = read("polis", FIXTURES / "statements")
    assert sundays.title == "The library should open on Sundays."
    assert sundays.options == {1: "Agree", 2: "Disagree", 3: "Pass"}
    assert sundays.ballots == [Cast((1,), 1, "7"), Cast((2,), 1, "8"), Cast((1,), 1, "8")]
    assert paths.title == "Paths are for walking, not for wheels."
    counts = Tally.of(paths.method, paths.options, [cast.ballot for cast in paths.ballots]).result().counts
    assert counts == {1: 0, 2: 1, 3: 1}
    assert broken == [
        (4, "a statement needs a whole number and a wording"),
        (7, "statement '99' is not in comments.csv"),
        (8, "the vote is '2', not 1, 0 or -1"),
    ]


@pytest.mark.parametrize("reader", ["minneapolis", "debian", "blt"])
def test_a_file_of_another_format_is_refused_whole(reader, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ada,\nthe poll is on Friday.\n")
    with pytest.raises(ValueError, match=r"letter\.txt"):
        list(READERS[reader](letter, print))


def test_blt_for_several_seats_is_an_election_by_stv(tmp_path):
    (election,), broken = read_blt(
        tmp_path, "3 2", "(v-1) 1 2 - 1=3 0", "(v-2) 1 0", "0", '"A"', '"B"', '"C"', '"Council"'
    )
    assert (election.method, election.seats, broken) == (Method.STV, 2, [])
    assert election.ballots == [Cast(((2,), (1, 3)), 1), Cast((), 1)]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["# Town", "two 1"], "town.blt, line 2 is not the number of options and of seats"),
        (["2 0"], "town.blt, line 1 is not the number of options and of seats"),
        (["2 1", "1 2 0", "3 1 0"], "town.blt has no line 0 after its ballots, and ends with line 3"),
        (["2 1", "1 2 0", "0", "Ann"], "town.blt names 1 of its 2 options, and ends with line 4"),
    ],
)
def test_a_blt_file_that_cannot_be_read_says_in_which_line(lines, reason, tmp_path):
    with pytest.raises(ValueError, match="^" + re.escape(reason)):
        read_blt(tmp_path, *lines)


def test_a_folder_without_the_columns_of_polis_is_refused(tmp_path):
    (tmp_path / "comments.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"comments\.csv lacks a column of comment-body, comment-id"):
        list(READERS["polis"](tmp_path, print))


def test_a_broken_line_says_where_it_stands():
    assert (
        str(BrokenLine("circle.txt", 10, "2 ranks for 3 options"))
        == "circle.txt, line 10: 2 ranks for 3 options"
    )
