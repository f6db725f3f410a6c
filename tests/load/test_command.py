"""The command line: which forum a run measures, and which options it has."""

from pathlib import Path

import pytest

from config.management.operator_error import OperatorError
from tests.load.__main__ import ROOT, data_dir, parser
from tests.load.scenarios import beside


def test_the_measured_forum_is_below_the_data_directory_and_never_in_it(monkeypatch, tmp_path):
    monkeypatch.setenv("FOLKMOOT_DATA", str(tmp_path / "forum"))
    assert data_dir(None, size="ordinary") == tmp_path / "forum" / "bench"
    assert data_dir(tmp_path / "other", size="large") == tmp_path / "other" / "bench-large"
    assert data_dir(Path("here"), size="ordinary") == Path.cwd() / "here" / "bench"
    monkeypatch.delenv("FOLKMOOT_DATA")
    assert data_dir(None, size="ordinary") == ROOT / "var" / "bench"


def test_pages_of_other_forums_are_read_from_a_file(tmp_path):
    file = tmp_path / "others.tsv"
    file.write_text(
        "NodeBB index\thttp://127.0.0.1:4567\n\nNodeBB topic\thttp://localhost:4567/topic/1?a=b\tsid=1\n"
    )
    index, topic = beside.read(file, connections=16)
    assert (index.name, index.viewer, index.path, index.port) == ("NodeBB index", "visitor", "/", 4567)
    assert (topic.name, topic.viewer, topic.path, topic.cookie) == (
        "NodeBB topic", "member", "/topic/1?a=b", "sid=1",
    )  # fmt: skip
    assert topic.requests[0].startswith("GET /topic/1?a=b HTTP/1.1\r\nHost: localhost:4567\r\n")
    for wrong in ("http://127.0.0.1:4567", "NodeBB\thttps://127.0.0.1/", "NodeBB\thttp://example.org/"):
        file.write_text(wrong)
        with pytest.raises(OperatorError, match="such as http"):
            beside.read(file, connections=16)
    with pytest.raises(OperatorError, match="cannot be read"):
        beside.read(tmp_path / "missing", connections=16)


def test_without_options_a_run_measures_pages_and_posting_in_five_rounds():
    given = parser().parse_args([])
    assert (given.part, given.rounds, given.seconds, given.size, given.nginx) == (
        None,
        5,
        2,
        "ordinary",
        False,
    )
