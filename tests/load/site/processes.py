"""Reads the memory and processor time of all processes of the site, databases included."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from config.engines import redis
from config.engines.directories import Directories

_NAMES = {
    "folkmoot-pages": "pages",
    "folkmoot-sockets": "sockets",
    "folkmoot-jobs": "jobs",
    "config.processes.supervisor": "supervisor and keeper",
    "config.engines.keeper": "supervisor and keeper",
    "postgres": "Postgres",
    "redis-server": "Redis",
    "nginx": "nginx",
}


def memory(pids: list[int]) -> dict[str, float]:
    """Megabytes (10^6 bytes) by kind of process, as PSS: shared memory is divided among its users.

    `pids` are the first process of each family. The embedded engines are found by their files.
    """
    found: dict[str, float] = {}
    for pid in _all_processes(pids):
        found[_name(pid)] = found.get(_name(pid), 0) + _pss(pid) / 1e6
    return found


def processor(pids: list[int], name: str = "") -> float:
    """Seconds of processor time that the same processes have used, or those of one kind."""
    return sum(_used(pid) for pid in _all_processes(pids) if not name or _name(pid) == name)


def named(pids: list[int], name: str) -> list[int]:
    """The ids of the same processes that are of one kind, as named in `_NAMES`."""
    return [pid for pid in _all_processes(pids) if _name(pid) == name]


def _all_processes(pids):
    children = _children()
    for first in [*pids, *_engines()]:
        yield from _family(first, children)


def _engines() -> Iterator[int]:
    """The ids of Postgres, both Redis servers and the keeper; none if they are not embedded."""
    directories = Directories(settings.DATA_DIR)
    servers = (redis.pid_file(each) for each in (directories.redis, directories.redis_cache))
    for file in (directories.postgres / "postmaster.pid", *servers):
        if file.exists():
            yield int(file.read_text().split("\n", 1)[0])
    mark = f"config.engines.keeper\0{settings.DATA_DIR}\0"
    yield from (pid for pid in _pids() if mark in _read(pid, "cmdline"))


def _pids():
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _children():
    children: dict[int, list[int]] = {}
    for pid in _pids():
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
    """Seconds of its own and of its ended children."""
    return sum(map(int, _fields(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _fields(pid):
    """The fields of /proc/…/stat after the name. The name may contain any character, brackets included."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid, name):
    """The text of a file in /proc; empty if the process has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
