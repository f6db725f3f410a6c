"""Measures scenarios: latencies in rounds, queries and size of a page, weight of its assets. Formats the tables.

Imports `client` and `site`. Start reading in `rounds`.
"""
