"""Runs the WebSockets of one process: who may receive which stream, presence, heartbeat and limits.

Imports `live.delivery` and `reading`; start with `hub`.
"""

# Everything runs on one event loop, except database queries and Redis commands, which run in threads.
