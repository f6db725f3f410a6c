"""The embedded Postgres and Redis, for sites without DATABASE_URL or REDIS_URL.

Importing this package starts nothing, so the settings can read addresses from it. `ensure` starts missing engines.
Each process that uses them holds a shared lock, and the last one stops them.
"""

import os
import secrets
import time
from pathlib import Path

from config.engines import daemons, locks, postgres, redis, redis_cache, reserve
from config.engines.directories import Directories, private_directory
from config.management.operator_error import OperatorError

__all__ = ["OperatorError", "cache_url", "database", "ensure", "leave", "redis_url", "secret_key"]


def secret_key(data_dir: Path) -> str:
    """The site's secret key. The first call writes it to a file that only its owner may read. Raises OperatorError."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return _write_once(path, secrets.token_urlsafe(50))
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}): run this as its owner.") from None


def database(data_dir: Path) -> dict:
    """The embedded Postgres as an entry of DATABASES."""
    return {"NAME": postgres.NAME, "USER": postgres.USER, "HOST": str(Directories(data_dir).sockets)}


def redis_url(data_dir: Path, db: int = 0) -> str:
    """The URL of the embedded Redis, for redis-py. `db` is a number below 64."""
    return f"unix://{Directories(data_dir).redis_socket}?db={db}"


def cache_url(data_dir: Path, db: int = 0) -> str:
    """The URL of the embedded Redis for what may be evicted, for redis-py. `db` is a number below 64."""
    return f"unix://{Directories(data_dir).redis_cache_socket}?db={db}"


def ensure(data_dir: Path, *, durable: bool = True, patience: float = daemons.START_SECONDS) -> None:
    """Start the engines that no URL replaces, and keep them running until this process ends, even by kill -9.

    Many processes may call this at once. Without `durable`, which is for tests, Postgres does not wait for the disk.
    Raises OperatorError if an engine does not start, or if it runs and does not answer for `patience` seconds. A second
    server on the same files would damage them.
    """
    # Without CACHE_URL, the Redis at REDIS_URL also caches.
    needed = {postgres: ["DATABASE_URL"], redis: ["REDIS_URL"], redis_cache: ["CACHE_URL", "REDIS_URL"]}
    engines = [engine for engine, urls in needed.items() if not any(map(os.environ.get, urls))]
    if not engines:
        return
    directories = Directories(data_dir)
    for directory in (directories.engines, directories.sockets):
        private_directory(directory)
    directories.logs.mkdir(exist_ok=True)
    with locks.starting(directories):
        locks.hold(directories)
        for engine in engines:
            if not engine.answers(directories):
                _await_end_or_answer(engine, directories, patience)
                if engine.process(directories) is None:
                    reserve.use(directories)
                    engine.start(directories, durable=durable)
    if durable:
        reserve.keep(directories)


def leave(data_dir: Path) -> None:
    """Stop using the engines of this directory now. They stop unless another process uses them."""
    locks.leave(Directories(data_dir), os.getpid())


def _await_end_or_answer(engine, directories, patience):
    """Wait for a server that loads its files, ends, or is frozen. Raises OperatorError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while (process := engine.process(directories)) and not engine.answers(directories):
        if time.monotonic() > deadline:
            name = engine.__name__.rpartition(".")[2].replace("_", " ")
            raise OperatorError(
                f"The embedded {name} (process {process}) runs and does not answer. If it stays so, end that process: "
                "the site then starts it again."
            )
        time.sleep(0.05)


def _write_once(path: Path, text: str) -> str:
    """Create a file with this text in one step. If another process was faster, return its text."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text)
        try:
            os.link(draft, path)
        except FileExistsError:
            text = path.read_text()
        draft.unlink()
    except OSError as error:
        raise OperatorError(
            f"{path.parent} cannot be written ({error.strerror}): make it writable, "
            "or choose another directory with --data or FOLKMOOT_DATA."
        ) from None
    return text
