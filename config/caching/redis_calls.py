"""Calls of Redis that take as little time as possible."""

import redis

from config.monitoring import tracing


def call(pool: redis.ConnectionPool, *commands: tuple) -> list:
    """The replies to these commands. One round trip. Raises RedisError, also if a reply is an error.

    redis-py's methods and pipelines take twice as long. Half of that is looking for arguments that have been renamed.
    """
    connection = pool.get_connection()
    try:
        with tracing.span(" ".join(dict.fromkeys(name for name, *_ in commands))):
            connection.send_packed_command(connection.pack_commands(commands))
            replies = [_reply(connection) for _ in commands]
    except BaseException:
        connection.disconnect()  # more replies may come
        raise
    finally:
        pool.release(connection)
    for reply in replies:
        if isinstance(reply, redis.ResponseError):
            raise reply
    return replies


def _reply(connection):
    try:
        return connection.read_response()
    except redis.ResponseError as error:
        return error
