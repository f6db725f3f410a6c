"""The paths of the embedded engines below the data directory."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from config.management.operator_error import OperatorError

# The kernel's `sun_path` has 108 bytes, one of them the final NUL.
LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True)
class Directories:
    """All paths of one set of engines, derived from its data directory."""

    data: Path

    @property
    def short_name(self) -> str:
        """A short name that only this data directory has, for what cannot lie below it."""
        return f"folkmoot-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"

    @property
    def engines(self) -> Path:
        return self.data / "engines"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def postgres(self) -> Path:
        return self.engines / "postgres"

    @property
    def redis(self) -> Path:
        return self.engines / "redis"

    @property
    def sockets(self) -> Path:
        """The directory of the sockets: below the data directory, or below /tmp if the path would be too long."""
        near = self.engines / "sockets"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return near
        return Path("/tmp") / self.short_name  # noqa: S108 - private_directory refuses one of another user

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def redis_cache(self) -> Path:
        return self.engines / "redis-cache"

    @property
    def redis_cache_socket(self) -> Path:
        return self.sockets / "cache.sock"


def private_directory(path: Path) -> None:
    """Make a directory that only its owner may enter, because the engines require no password.

    Raises OperatorError if it cannot be made or belongs to another user.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be written ({error.strerror}): make it writable, "
            "or choose another directory with --data or FOLKMOOT_DATA."
        ) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OperatorError(
            f"{path} belongs to another user: run this as that user, or choose another --data."
        )
    if found.st_mode & 0o077:
        path.chmod(0o700)
