"""The documents name modules, settings and commands that exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    {
        *ROOT.glob("*.md"),
        *ROOT.glob("*/README.md"),
        *(ROOT / name / "README.md" for name in ("tests/load", "forums/export")),
    }
)
NAMES = [str(each.relative_to(ROOT)) for each in DOCUMENTS]
TICKED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("name", NAMES)
def test_every_module_that_a_document_names_exists(name):
    document = ROOT / name
    folders = (ROOT, document.parent, ROOT / "tests/forums/moderation")
    modules = [each for each in TICKED.findall(document.read_text()) if re.fullmatch(r"[\w./]+\.py", each)]
    assert [each for each in modules if not any((folder / each).exists() for folder in folders)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_document_leads_to_a_file(name):
    document = ROOT / name
    assert [
        each for each in LINK.findall(document.read_text()) if not (document.parent / each).exists()
    ] == []


def test_the_operators_manual_has_all_settings_and_no_other():
    manual = (ROOT / "config/README.md").read_text()
    table = manual.partition("## Settings")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    read = re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text())
    assert sorted(each for row in rows for each in TICKED.findall(row)) == sorted(set(read))


def test_the_operators_manual_names_commands_that_exist():
    manual = (ROOT / "config/README.md").read_text()
    table = manual.partition("## Commands")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {each.split()[0] for row in rows for each in TICKED.findall(row)}
    ours = {name for name, app in get_commands().items() if app in ("config", "forums", "polls")}
    assert named - set(get_commands()) == set()
    assert ours - named == {"serve"}
