"""Votes: permissions, receipts, storing ballots, and closing polls.

Imports `models`, `tally` and `counting`; start with `voting`.
"""
