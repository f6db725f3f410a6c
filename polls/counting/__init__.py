"""Counts of ballots, kept in Redis with the snapshot they reflect, and the outcome of a count.

Imports `models` and `tally`; start with `tally_cache`.
"""
