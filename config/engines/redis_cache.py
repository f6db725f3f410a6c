"""The embedded Redis for what can be computed again, such as rendered pages. It evicts what is least used.

Visitors decide what is cached here, so nothing else may share this server. Its files are never written.
"""

import signal

from config.engines import daemons, redis
from config.engines.directories import Directories


def answers(directories: Directories) -> bool:
    """Whether it accepts commands now."""
    return redis.answers_on(directories.redis_cache_socket)


def process(directories: Directories) -> int | None:
    """The process id of the server if it runs, also if it does not answer."""
    return redis.process_of(directories.redis_cache, directories.redis_cache_socket)


def start(directories: Directories, *, durable: bool) -> None:
    """Start the server and wait until it answers. Raises OperatorError."""
    evicting = {"appendonly": "no", "maxmemory": "48mb", "maxmemory-policy": "allkeys-lru"}
    log = directories.logs / "redis-cache.log"
    redis.launch(directories.redis_cache, directories.redis_cache_socket, log, evicting)


def stop(directories: Directories) -> None:
    """Stop the server. Its data is lost."""
    sign = str(directories.redis_cache_socket)
    daemons.end(redis.pid_file(directories.redis_cache), sign, signal.SIGTERM, signal.SIGKILL)
