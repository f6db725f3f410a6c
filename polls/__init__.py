"""Polls in topics: ballots, counting, results, imports and exports.

Imports `config`, `accounts` and `forums`; no other app imports it. Start reading in `models/poll.py` and `casting.py`.
The README describes secrecy, counting, exports and proofs.
"""
