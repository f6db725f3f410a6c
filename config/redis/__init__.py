"""Clients of the Redis that a URL names: one server, or the current master of a Sentinel.

May import only `config.management`; start with `clients`.
"""
