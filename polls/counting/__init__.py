"""Counts ballots: the tally of a poll in Redis with the snapshot that it reflects, and its outcome.

Imports `models` and `tally`; start with `tally_cache`.
"""
