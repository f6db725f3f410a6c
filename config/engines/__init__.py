"""The Postgres and Redis that Folkmoot brings along, used where no URL names others.

May import only `config.management`; start with `embedded`.
"""
