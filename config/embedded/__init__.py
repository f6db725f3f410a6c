"""The Postgres and Redis that Folkmoot brings along, used where DATABASE_URL or REDIS_URL is unset.

Importing this starts nothing, so that settings may ask for addresses. `ensure` starts what is
missing; everybody who uses the engines holds a shared lock, and the last one out stops them.
"""

import os
import secrets
from pathlib import Path

from config.embedded import locks, postgres, redis
from config.embedded.places import Places, private_directory
from config.trouble import Trouble

__all__ = ["Trouble", "broker_url", "database", "ensure", "leave", "redis_url", "secret_key"]


def secret_key(data_dir: Path) -> str:
    """The site's own key, made at the first call and kept in a file that only its owner reads."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return _write_once(path, secrets.token_urlsafe(50))
    except OSError as error:
        raise Trouble(f"{path} cannot be read ({error.strerror}): run this as its owner.") from None


def database(data_dir: Path) -> dict:
    """The embedded Postgres as an entry of DATABASES."""
    return {"NAME": postgres.NAME, "USER": postgres.USER, "HOST": str(Places(data_dir).sockets)}


def redis_url(data_dir: Path, db: int = 0) -> str:
    """The embedded Redis in redis-py's notation; `db` is below 64."""
    return f"unix://{Places(data_dir).redis_socket}?db={db}"


def broker_url(data_dir: Path, db: int = 1) -> str:
    """The embedded Redis in Celery's notation; not the cache's `db`, or emptying one would empty both."""
    return f"redis+socket://{Places(data_dir).redis_socket}?virtual_host={db}"


def ensure(data_dir: Path, *, durable: bool = True) -> None:
    """Have the engines that no URL replaces running until this process ends, however it ends.

    Safe to call from many processes at once. Without `durable`, Postgres does not wait for the disk:
    for tests alone. Raises Trouble when an engine does not start.
    """
    needed = {"DATABASE_URL": postgres, "REDIS_URL": redis}
    engines = [engine for url, engine in needed.items() if not os.environ.get(url)]
    if not engines:
        return
    places = Places(data_dir)
    for directory in (places.engines, places.sockets):
        private_directory(directory)
    places.logs.mkdir(exist_ok=True)
    with locks.starting(places):
        locks.hold(places)
        for engine in engines:
            if not engine.answers(places):
                engine.start(places, durable=durable)


def leave() -> None:
    """Do at once what happens when this process ends: stop the engines unless somebody else uses them."""
    locks.leave_all()


def _write_once(path: Path, text: str) -> str:
    """Give a new file its text in one step; where another process was faster, its text wins."""
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
        raise Trouble(
            f"{path.parent} cannot be written ({error.strerror}): make it writable, "
            "or choose another directory with --data or FOLKMOOT_DATA."
        ) from None
    return text
