"""Polls in topics: ballots, counting, results, imports and exports.

Imports `config`, `accounts` and `forums`; no other app imports it. Start with README.md.
"""
