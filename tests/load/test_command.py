"""The command line: which forum a run measures, and which options it has."""

from pathlib import Path

from tests.load.__main__ import ROOT, data_dir, parser


def test_the_measured_forum_is_below_the_data_directory_and_never_in_it(monkeypatch, tmp_path):
    monkeypatch.setenv("FOLKMOOT_DATA", str(tmp_path / "forum"))
    assert data_dir(None, size="ordinary") == tmp_path / "forum" / "bench"
    assert data_dir(tmp_path / "other", size="large") == tmp_path / "other" / "bench-large"
    assert data_dir(Path("here"), size="ordinary") == Path.cwd() / "here" / "bench"
    monkeypatch.delenv("FOLKMOOT_DATA")
    assert data_dir(None, size="ordinary") == ROOT / "var" / "bench"


def test_without_options_a_run_measures_pages_and_posting_in_five_rounds():
    given = parser().parse_args([])
    assert (given.part, given.rounds, given.seconds, given.size, given.nginx) == (None, 5, 2, "ordinary", False)
