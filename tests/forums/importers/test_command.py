"""The import command prints a table that adds up, or one sentence about the obstacle."""

import pytest
from django.core.management import CommandError, call_command

from config.management.operator_error import OperatorError
from forums.models import Topic


def test_the_table_tells_what_was_read_added_there_and_skipped(db, discourse, capsys):
    discourse.topic(discourse.post(1), discourse.post(2, cooked=None), discourse.post(3, post_type=4))
    call_command("import_forum", "discourse", str(discourse.path))
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
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
    call_command("import_forum", "discourse", str(discourse.path))
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Members with another name here: 1",
        "  Grace?[2J Hopper is Grace-2J-Hopper",
    ]


@pytest.mark.parametrize(
    ("form", "path", "sentence"),
    [
        ("discourse", "nowhere", "{path} does not exist. Name the directory that holds the data."),
        ("stackexchange", "nowhere", "{path} does not exist. Name the directory that holds the data."),
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
        call_command("import_forum", form, str(path))
    assert str(refused.value) == sentence.format(path=path)


def test_xml_that_is_none_is_refused_with_a_sentence(db, stack):
    stack.question(1)
    (stack.path / "Posts.xml").write_text("What?")
    with pytest.raises(OperatorError) as refused:
        call_command("import_forum", "stackexchange", str(stack.path))
    assert str(refused.value) == f"{stack.path / 'Posts.xml'} is not an XML dump."


def test_a_base_that_is_no_address_is_refused(db, discourse):
    discourse.topic()
    with pytest.raises(CommandError, match="give an address such as"):
        call_command("import_forum", "discourse", str(discourse.path), "--base=javascript:x")
    assert not Topic.objects.exists()
