"""Checks the layout of the source: no import cycles, no crowded folders, no package without a docstring.

`python tests/test_layout.py` prints the violations without pytest.
"""

import ast
import re
from collections import defaultdict, deque
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "accounts", "forums", "polls")
"""Each may import those before it, and none of those after it."""
ENTRY_POINTS = {"apps", "asgi", "celery", "routing", "tasks", "urls", "wsgi"}
"""Modules that wire an app together. At the top of an app each counts as a package of its own."""
MOST_MODULES = 13
"""Modules in a folder, without `__init__`."""
MOST_LINES = 10
"""Imports that are shown for each step of a cycle."""


class Import(NamedTuple):
    """One import of a module of the project."""

    path: Path
    line: int
    package: str
    module: str
    imported_package: str

    def __str__(self):
        return f"{self.path}:{self.line} imports {self.module}"


# --- Reading imports ---------------------------------------------------------------------------------


def find_modules(root: Path) -> dict[str, Path]:
    """Returns the file of each module by its dotted name; a package's is its `__init__`."""
    modules = {}
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            relative = path.relative_to(root)
            if "migrations" not in relative.parts:
                parts = (
                    relative.parent.parts if path.name == "__init__.py" else relative.with_suffix("").parts
                )
                modules[".".join(parts)] = relative
    return modules


def package_of(path: Path) -> str:
    """Returns the node of the graph that a file belongs to: its folder, or itself if it is an entry point."""
    if len(path.parts) == 2 and path.stem in ENTRY_POINTS:
        return str(path)
    return str(path.parent)


def read_imports(root: Path) -> list[Import]:
    """Returns every import between modules of the project, those inside functions included."""
    modules = find_modules(root)
    found = []
    for path in modules.values():
        for node in _nodes_at_run_time(ast.parse((root / path).read_text())):
            for name in _imported_names(node, path):
                module = _longest_module(name, modules)
                if module:
                    imported = package_of(modules[module])
                    found.append(Import(path, node.lineno, package_of(path), module, imported))
    return list(dict.fromkeys(found))  # one line may import several names of one module


def _nodes_at_run_time(node):
    """Yields the nodes below `node`, without the bodies of `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield other
                yield from _nodes_at_run_time(other)
        else:
            yield child
            yield from _nodes_at_run_time(child)


def _imported_names(node, path: Path) -> list[str]:
    """Returns the dotted names that an import statement may load, relative ones resolved."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    folders = path.parent.parts[: len(path.parent.parts) - node.level + 1] if node.level else ()
    start = ".".join([*folders, *([node.module] if node.module else [])])
    return [f"{start}.{alias.name}" for alias in node.names]


def _longest_module(name: str, modules: dict[str, Path]) -> str:
    """Returns the module that `name` is or lies in, or an empty string if it is none of ours."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


# --- Finding violations ------------------------------------------------------------------------------


def find_cycles(root: Path) -> list[str]:
    """Describes cycles of packages, shortest first, with the imports of each step. No two share a step."""
    imports = defaultdict(list)
    for each in read_imports(root):
        if each.package != each.imported_package:
            imports[each.package, each.imported_package].append(each)
    graph = defaultdict(set)
    for package, imported in imports:
        graph[package].add(imported)
    cycles = {_canonical(cycle) for package, imported in imports if (cycle := _way(graph, imported, package))}
    described, seen = [], set()
    for cycle in sorted(cycles, key=lambda cycle: (len(cycle), cycle)):
        steps = set(pairwise([*cycle, cycle[0]]))
        if not steps & seen:
            seen |= steps
            described.append(_describe(cycle, imports))
    return described


def _way(graph, start: str, end: str) -> tuple[str, ...] | None:
    """Returns the packages on a shortest way from `start` to `end`, both included."""
    ways, reached = deque([(start,)]), {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way
        for package in sorted(graph[way[-1]] - reached):
            reached.add(package)
            ways.append((*way, package))
    return None


def _canonical(cycle: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the cycle so that it begins with its first package by name."""
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]


def _describe(cycle: tuple[str, ...], imports) -> str:
    """Returns the cycle's path, and below it some imports of each step."""
    lines = [" -> ".join([*cycle, cycle[0]])]
    for step in pairwise([*cycle, cycle[0]]):
        lines += [f"    {each}" for each in imports[step][:MOST_LINES]]
        if len(imports[step]) > MOST_LINES:
            lines.append(f"    and {len(imports[step]) - MOST_LINES} more from {step[0]} to {step[1]}")
    return "\n".join(lines)


def find_wrong_directions(root: Path) -> list[str]:
    """Lists the imports of an app by one that it may itself import."""
    return [
        f"{each} ({each.path.parts[0]} must not import {app})"
        for each in read_imports(root)
        if APPS.index(app := each.module.partition(".")[0]) > APPS.index(each.path.parts[0])
    ]


def find_crowded_folders(root: Path) -> list[str]:
    """Lists the folders with more than `MOST_MODULES` modules."""
    counts = defaultdict(int)
    for path in find_modules(root).values():
        counts[path.parent] += path.name != "__init__.py"
    return [
        f"{folder} holds {count} modules, {count - MOST_MODULES} too many"
        for folder, count in sorted(counts.items())
        if count > MOST_MODULES
    ]


def find_undescribed_packages(root: Path) -> list[str]:
    """Lists the packages whose `__init__` has no docstring of one to three sentences."""
    violations = []
    for folder in sorted({path.parent for path in find_modules(root).values()}):
        init = root / folder / "__init__.py"
        docstring = ast.get_docstring(ast.parse(init.read_text())) if init.exists() else None
        sentences = len(re.findall(r"[.!?](?=\s|$)", docstring or ""))
        if not init.exists():
            violations.append(f"{folder} has no __init__.py")
        elif not docstring:
            violations.append(f"{folder}/__init__.py has no docstring")
        elif not 1 <= sentences <= 3:
            violations.append(
                f"{folder}/__init__.py has a docstring of {sentences} sentences, not one to three"
            )
    return violations


RULES = {
    "Packages form a directed acyclic graph": find_cycles,
    f"Apps import in the order {' <- '.join(APPS)}": find_wrong_directions,
    f"A folder holds at most {MOST_MODULES} modules": find_crowded_folders,
    "Every package says in one to three sentences what it does": find_undescribed_packages,
}


def report(root: Path) -> str:
    """Describes all violations, rule by rule; empty if there are none."""
    parts = []
    for rule, find in RULES.items():
        violations = find(root)
        if violations:
            parts.append("\n".join([f"{rule}. Violations: {len(violations)}", *violations]))
    return "\n\n".join(parts)


# --- Tests -------------------------------------------------------------------------------------------


def write(root: Path, files: dict[str, str]) -> None:
    """Writes a small tree. Every folder becomes a package with a docstring, unless the files say otherwise."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for folder in path.relative_to(root).parents[:-1]:
            init = root / folder / "__init__.py"
            if not init.exists() and str(init.relative_to(root)) not in files:
                init.write_text('"""Says what it does."""\n')


def test_the_layout_follows_the_rules():
    found = report(ROOT)
    assert not found, f"\n{found}"


def test_a_cycle_is_reported_with_its_path(tmp_path):
    write(
        tmp_path,
        {
            "forums/tree/paths.py": "from forums.posting import publish\n",
            "forums/posting/publish.py": "def publish():\n    from ..listing.search import find\n",
            "forums/listing/search.py": "import os\n\nimport forums.tree.paths\n",
        },
    )
    assert find_cycles(tmp_path) == [
        "forums/listing -> forums/tree -> forums/posting -> forums/listing\n"
        "    forums/listing/search.py:3 imports forums.tree.paths\n"
        "    forums/tree/paths.py:1 imports forums.posting.publish\n"
        "    forums/posting/publish.py:2 imports forums.listing.search"
    ]
    assert report(tmp_path).startswith("Packages form a directed acyclic graph. Violations: 1\n")


def test_a_package_and_its_parent_are_two_packages(tmp_path):
    write(
        tmp_path,
        {
            "forums/models/__init__.py": '"""Rows."""\nfrom forums.models.discussion.topic import Topic\n',
            "forums/models/discussion/topic.py": "from forums.models import Topic\n",
        },
    )
    [cycle] = find_cycles(tmp_path)
    assert cycle.startswith("forums/models -> forums/models/discussion -> forums/models\n")


def test_a_tree_without_cycles_passes(tmp_path):
    write(
        tmp_path,
        {
            "config/urls.py": "",
            "config/web/errors.py": "from django.http import Http404\n",
            "forums/tasks.py": "from forums.models import topic\n",
            "forums/apps.py": "from forums import tasks\nfrom forums.listing import search\n",
            "forums/models/topic.py": "from config.web import errors\n",
            "forums/listing/search.py": (
                "from typing import TYPE_CHECKING\n"
                "from forums.listing import feeds\n"
                "from forums.models.topic import Topic\n"
                "if TYPE_CHECKING:\n    from forums.apps import Forums\n"
            ),
            "forums/listing/feeds.py": "from forums.listing import search\n",
            "forums/migrations/0001_initial.py": "from polls import urls\n",
            "polls/urls.py": "",
        },
    )
    assert report(tmp_path) == ""


def test_an_import_against_the_order_of_the_apps_is_reported(tmp_path):
    write(
        tmp_path,
        {
            "config/health.py": "from forums.topics import open\n",
            "forums/topics.py": "from accounts import names\n",
        },
    )
    write(tmp_path, {"accounts/names.py": ""})
    assert find_wrong_directions(tmp_path) == [
        "config/health.py:1 imports forums.topics (config must not import forums)"
    ]


def test_a_crowded_folder_is_reported(tmp_path):
    write(tmp_path, {f"polls/models/model_{number}.py": "" for number in range(13)})
    assert find_crowded_folders(tmp_path) == []
    write(tmp_path, {"polls/models/one_more.py": "", "polls/models/formats/blt.py": ""})
    assert find_crowded_folders(tmp_path) == ["polls/models holds 14 modules, 1 too many"]


def test_a_package_without_a_docstring_is_reported(tmp_path):
    write(
        tmp_path,
        {
            "polls/__init__.py": '"""Holds polls. Imports forums. Start at models. See README.md."""\n',
            "polls/models/__init__.py": "from polls.models.poll import Poll\n",
            "polls/models/poll.py": "",
            "polls/tally/rules.py": "",
        },
    )
    (tmp_path / "polls/tally/__init__.py").unlink()
    assert find_undescribed_packages(tmp_path) == [
        "polls/__init__.py has a docstring of 4 sentences, not one to three",
        "polls/models/__init__.py has no docstring",
        "polls/tally has no __init__.py",
    ]


if __name__ == "__main__":
    raise SystemExit(report(ROOT))
