"""Memory and processor time of all processes of the site, databases included."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from config.embedded.places import Places

_NAMES = {
    "config.pages": "pages",
    "config.sockets": "sockets",
    "config.jobs": "jobs",
    "config.crew": "crew and keeper",
    "config.embedded.keeper": "crew and keeper",
    "postgres": "Postgres",
    "redis-server": "Redis",
    "nginx": "nginx",
}


def memory(pids: list[int]) -> dict[str, float]:
    """Megabytes (10^6 bytes) of PSS, in which shared memory counts once, by what the processes are.

    `pids` are the first of each family; the embedded engines are found by their files.
    """
    found: dict[str, float] = {}
    for pid in _everybody_of(pids):
        found[_name(pid)] = found.get(_name(pid), 0) + _pss(pid) / 1e6
    return found


def processor(pids: list[int], name: str = "") -> float:
    """Seconds of processor time that the same processes have used until now, or those of one name."""
    return sum(_used(pid) for pid in _everybody_of(pids) if not name or _name(pid) == name)


def named(pids: list[int], name: str) -> list[int]:
    """Those of the same processes that are called so in the table of memory."""
    return [pid for pid in _everybody_of(pids) if _name(pid) == name]


def _everybody_of(pids):
    children = _children()
    for first in [*pids, *_engines()]:
        yield from _family(first, children)


def _engines() -> Iterator[int]:
    """Postgres, Redis and the keeper; none where they are not embedded."""
    places = Places(settings.DATA_DIR)
    for file in (places.postgres / "postmaster.pid", places.redis / "redis.pid"):
        if file.exists():
            yield int(file.read_text().split("\n", 1)[0])
    mark = f"config.embedded.keeper\0{settings.DATA_DIR}\0"
    yield from (pid for pid in _everybody() if mark in _read(pid, "cmdline"))


def _everybody():
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _children():
    children: dict[int, list[int]] = {}
    for pid in _everybody():
        if fields := _fields(pid):
            children.setdefault(int(fields[1]), []).append(pid)
    return children


def _family(pid, children):
    yield pid
    for child in children.get(pid, ()):
        yield from _family(child, children)


def _name(pid):
    command = _read(pid, "cmdline")
    return next((name for word, name in _NAMES.items() if word in command), "others")


def _pss(pid):
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _used(pid):
    """Its own time and that of children that have ended."""
    return sum(map(int, _fields(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _fields(pid):
    """Of /proc/…/stat, those after the name: that may hold anything, brackets included."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid, name):
    """Empty once the process has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
