"""Outcomes of polls and debates, with the log of their changes.

Imports `discussion`, `notifications` and `search`; start with `outcome`.
"""
