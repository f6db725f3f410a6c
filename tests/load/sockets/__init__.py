"""Holds thousands of WebSockets that watch one stream, and measures when each receives an update.

Imports `data` and `site`. `watchers` runs as a process of its own. Start reading in `audience`.
"""
