"""Turns outbox events into notifications: recipients, preferences, dispatch, the inbox and the unread counter.

Imports `models`, `access`, `markup` and `live.streams`; start with `dispatch`.
"""
