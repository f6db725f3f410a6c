"""The README's two commands work in a directory that only its owner may enter, for root and for others."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests import processes
from tests.config.processes.test_quickstart import get

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("uv"),  # one copies the cache of uv, which the other must not change meanwhile
    pytest.mark.skipif(shutil.which("uv") is None, reason="uv, which the README names, is missing"),
]


@pytest.fixture(scope="module")
def place():
    """A directory that both accounts may enter. Their homes have the same path in it, so compiled files serve both."""
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home(place):
    """A new directory of mode 0700 with the project in it, not yet installed."""
    path = place / "home"
    path.mkdir(mode=0o700)
    shutil.copytree(processes.ROOT, path / "folkmoot", ignore=NOT_COPIED)
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


@pytest.fixture
def other_account(home):
    """An ordinary account that owns `home`; it has uv, and packages that were downloaded before."""
    if os.geteuid() != 0 or not shutil.which("useradd"):
        pytest.skip("only root, with useradd, can make another account")
    name = f"fm{os.getpid()}"
    subprocess.run(["useradd", "--no-create-home", "--home-dir", home, name], check=True)
    try:
        shutil.copy2(shutil.which("uv"), home / "uv")
        cache = subprocess.run(
            ["uv", "cache", "dir"], capture_output=True, text=True, check=True
        ).stdout.strip()
        unfinished = shutil.ignore_patterns(".tmp*")
        shutil.copytree(
            cache, home / ".cache/uv", symlinks=True, ignore=unfinished, copy_function=copy_or_link
        )
        # Not the files with a second link: they are those of our own cache.
        ours = ["-type", "f", "-links", "+1"]
        subprocess.run(
            ["find", home, "!", "(", *ours, ")", "-exec", "chown", "-h", f"{name}:", "{}", "+"], check=True
        )
        yield pwd.getpwnam(name)
    finally:
        subprocess.run(["userdel", name], check=True)


def copy_or_link(source, target):
    """Copies a file of uv's cache. A file of a package, which uv does not change, becomes a hard link if possible."""
    try:
        if "/archive-v" in source:
            os.link(source, target)
            return
    except OSError:  # the target is on another disk
        pass
    shutil.copy2(source, target)


def run(home, *command, account=None):
    """Starts `uv run …` in the project, without HOME and without anything that our own run has set."""
    uv = home / "uv" if account else shutil.which("uv")
    ours = (
        "HOME",
        "VIRTUAL_ENV",
        "PYTHON",
        "FOLKMOOT_",
        "PYTEST_",
        "DJANGO_",
        "DATABASE_URL",
        "REDIS_URL",
        "CACHE_URL",
        "SECRET_KEY",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"UV_PYTHON_DOWNLOADS": "never", "PYTHONPYCACHEPREFIX": str(home.parent / "bytecode")}
    if account:
        # The account may not make hard links to files that it does not own, and copies of them take long.
        environment |= {"PATH": os.defpath, "UV_LINK_MODE": "symlink"}
    ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    return subprocess.Popen(
        [uv, "run", *command],
        cwd=home / "folkmoot",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **ids,
    )


def check_both_commands(home, account=None):
    port = processes.free_port()
    process = run(home, "manage.py", "quickstart", "--no-demo", "--port", str(port), account=account)
    printed = processes.read_until(process, "Ctrl-C")
    assert f"Folkmoot is at http://localhost:{port}" in printed, printed + process.stderr.read()
    assert get(port, "/readyz") == (200, b'{"postgres": "up", "redis": "up"}')
    os.killpg(process.pid, signal.SIGTERM)
    processes.finish(process)
    assert processes.all_ended(home)

    words = ["tests/config/engines/test_embedded.py", "-n", "1", "-k", "two_users"]
    code, output, errors = processes.finish(run(home, "pytest", *words, account=account))
    assert (code, "1 passed" in output) == (0, True), output + errors
    assert home.stat().st_mode & 0o777 == 0o700


def test_both_commands_work_for_the_account_that_runs_the_tests(home):
    check_both_commands(home)


def test_both_commands_work_for_an_ordinary_account(home, other_account):
    check_both_commands(home, other_account)
