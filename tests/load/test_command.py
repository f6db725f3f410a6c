"""The command line: which forum a run measures, and which options it has."""

from pathlib import Path

from tests.load.__main__ import ROOT, data_dir, parser


def test_the_measured_forum_is_below_the_data_directory_and_never_in_it(monkeypatch, tmp_path):
    monkeypatch.setenv("FOLKMOOT_DATA", str(tmp_path / "forum"))
    assert data_dir(None, large=False) == tmp_path / "forum" / "bench"
    assert data_dir(tmp_path / "other", large=True) == tmp_path / "other" / "bench-large"
    assert data_dir(Path("here"), large=False) == Path.cwd() / "here" / "bench"
    monkeypatch.delenv("FOLKMOOT_DATA")
    assert data_dir(None, large=False) == ROOT / "var" / "bench"


def test_without_options_a_run_measures_pages_and_posting_in_five_rounds():
    given = parser().parse_args([])
    assert (given.part, given.rounds, given.seconds, given.large, given.nginx) == (None, 5, 2, False, False)
