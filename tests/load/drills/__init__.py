"""Failure drills: a fault happens to a running site while members write, and a ledger is compared with the database.

Imports `tests.config.processes` for the running site, and the sockets of `tests.load`. Start reading in `drill`.
"""
