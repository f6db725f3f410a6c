"""The import command prints a table that adds up, or one sentence about the obstacle."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from config.management.operator_error import OperatorError
from forums.importers.formats import detect
from forums.models import Topic
from tests.forums.importers.conftest import Discourse, StackExchange
from tests.forums.importers.test_mbox import MailingList
from tests.forums.importers.test_phpbb import Board
from tests.forums.importers.test_running import everything


def test_the_table_tells_what_was_read_added_there_and_skipped(db, discourse, capsys):
    discourse.topic(discourse.post(1), discourse.post(2, cooked=None), discourse.post(3, post_type=4))
    call_command("import_forum", str(discourse.path))
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "Format: discourse",
        "            read  added  already there  skipped",
        "members        1      1              0        0",
        "topics         1      1              0        0",
        "posts          3      1              0        2",
        "categories     1      1              0        0",
        "posts skipped: 1 (broken, listed above)",
        "posts skipped: 1 (whispers are for the staff)",
    ]
    assert printed.err == "which-trees.1.json, post 2: cooked is missing instead of a text.\n"


def test_names_that_changed_are_listed(db, discourse, capsys):
    discourse.topic(discourse.post(username="Grace\x1b[2J Hopper"))
    call_command("import_forum", str(discourse.path))
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "Members with another name here: 1",
        "  Grace?[2J Hopper is Grace-2J-Hopper",
    ]


@pytest.mark.parametrize(
    ("form", "path", "sentence"),
    [
        ("discourse", "nowhere", "{path} does not exist. Name the directory or file that holds the data."),
        ("stackexchange", "", "{path} is not a dump of Stack Exchange: it has no Posts.xml."),
        ("stackexchange", "a.json", "{path} is not a dump of Stack Exchange: it has no Posts.xml."),
        ("discourse", "", "{path} holds no topics of Discourse: name the directory with their JSON files."),
        (
            "discourse",
            "a.json",
            "{path} holds no topics of Discourse: name the directory with their JSON files.",
        ),
    ],
)
def test_a_path_without_the_format_is_refused_with_a_sentence(db, discourse, form, path, sentence):
    discourse.write("a.json", '{"a": 1}')
    path = discourse.path / path
    with pytest.raises(OperatorError) as refused:
        call_command("import_forum", str(path), format=form)
    assert str(refused.value) == sentence.format(path=path)


def test_xml_that_is_none_is_refused_with_a_sentence(db, stack):
    stack.question(1)
    (stack.path / "Posts.xml").write_text("What?")
    with pytest.raises(OperatorError) as refused:
        call_command("import_forum", str(stack.path))
    assert str(refused.value) == f"{stack.path / 'Posts.xml'} is not an XML dump."


def test_a_base_that_is_no_address_is_refused(db, discourse):
    discourse.topic()
    with pytest.raises(CommandError, match="give an address such as"):
        call_command("import_forum", str(discourse.path), "--base=javascript:x")
    assert not Topic.objects.exists()


def test_a_path_without_any_format_is_refused_with_a_sentence(db, discourse):
    discourse.write("a.json", "{}")
    for path, sentence in {
        discourse.path: "{path} holds none of these formats: ",
        discourse.path / "nowhere": "{path} does not exist. ",
    }.items():
        with pytest.raises(OperatorError) as refused:
            call_command("import_forum", str(path))
        assert str(refused.value).startswith(sentence.format(path=path))


def test_each_format_is_recognised(discourse, stack, tmp_path):
    directories = {}
    for name in ("topics", "posts", "xml", "list", "board", "export"):
        directories[name] = tmp_path / name
        directories[name].mkdir()
    Discourse(directories["topics"]).topic()
    Discourse(directories["posts"]).post_file(discourse.post())
    StackExchange(directories["xml"]).question()
    MailingList(directories["list"]).mail(1)
    Board(directories["board"]).write()
    (directories["export"] / "manifest.json").write_text("{}")
    assert {name: detect(path) for name, path in directories.items()} == {
        "topics": "discourse",
        "posts": "discourse",
        "xml": "stackexchange",
        "list": "mbox",
        "board": "phpbb",
        "export": "folkmoot",
    }


def test_a_dry_run_reports_the_same_and_writes_nothing(db, discourse, bring):
    discourse.topic(
        discourse.post(1, username="Grace H", actions_summary=[{"id": 2, "count": 3}]),
        discourse.post(2, cooked=None),
        discourse.post(3, post_type=4),
        discourse.post(4, cooked="<p>Oaks</p><video>elms</video>", reply_to_post_number=9),
    )
    discourse.topic(discourse.post(2, id=900), id=2)
    before = everything()
    rehearsed = bring("discourse", is_rehearsal=True)
    assert everything() == before
    real = bring("discourse")
    for report in (rehearsed, real):
        report.added = +report.added
    assert rehearsed.added == real.added != Counter()
    for name in ("read", "skipped", "renamed", "losses", "warnings"):
        assert getattr(rehearsed, name) == getattr(real, name), name
    again = bring("discourse", is_rehearsal=True)
    assert (+again.added, +again.present) == (Counter(), real.added)


def test_a_dry_run_says_so(db, discourse, capsys):
    discourse.topic()
    call_command("import_forum", str(discourse.path), "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split("  ")[-3:] == ["would be added", "already there", "skipped"]
    assert lines[-1] == "Nothing was written."
    assert not Topic.objects.exists()
