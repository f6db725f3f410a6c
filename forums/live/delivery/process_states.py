"""Shares the state of each socket process in Redis, for the other processes and for operators."""

import json

from django_redis import get_redis_connection

from forums.live import streams

LIFETIME = 7
"""Seconds after which a process without a heartbeat counts as dead."""


def exchange(own: dict) -> list[dict]:
    """Write the state of this process. Returns the states of all, its own included. Raises RedisError."""
    with get_redis_connection("default").pipeline(transaction=False) as pipe:
        pipe.set(_key(own["process"]), json.dumps(own), ex=LIFETIME)
        pipe.sadd(streams.key("processes"), own["process"])
        pipe.execute()
    return states()


def states() -> list[dict]:
    """Return the last state of each process with open sockets (`Heartbeat.state`). Raises RedisError."""
    client = get_redis_connection("default")
    names = sorted(name.decode() for name in client.smembers(streams.key("processes")))
    found = client.mget([_key(name) for name in names]) if names else []
    gone = [name for name, state in zip(names, found, strict=True) if state is None]
    if gone:
        client.srem(streams.key("processes"), *gone)
    return [json.loads(state) for state in found if state]


def topics(states: list[dict]) -> dict[int, dict]:
    """Sum the states by topic: all its readers, and the highest step and lag of any process."""
    found: dict[int, dict] = {}
    for state in states:
        for name, (readers, step, lag) in state["topics"].items():
            topic = found.setdefault(int(name), {"readers": 0, "step": 0, "lag": 0.0})
            topic["readers"] += readers
            topic["step"], topic["lag"] = max(topic["step"], step), max(topic["lag"], lag)
    return found


def _key(process):
    return streams.key(f"process:{process}")
