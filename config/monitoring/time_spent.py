"""The seconds for which the current request has waited for Postgres and for Redis.

`config.engines.postgresql` and `config.caching` add to them. Each thread answers one request at a time.
"""

import threading


class TimeSpent(threading.local):
    """Seconds of this thread since the last `reset`."""

    database = 0.0
    redis = 0.0

    def reset(self) -> None:
        self.database = self.redis = 0.0


here = TimeSpent()
