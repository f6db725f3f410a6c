"""Checks of `manage.py doctor` about settings, addresses, files, engine options and queues. Apps register theirs.

May import the other packages of `config`; start with `config.management.commands.doctor`.
"""
