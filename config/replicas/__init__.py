"""Reads pages from replicas of Postgres that have replayed what the viewer must see.

May import `config.engines` and `config.management`; start with `reads`.
"""
