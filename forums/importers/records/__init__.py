"""Records that every reader produces and `writing` stores, their fields and keys, and the report of losses.

Imports only `markup`; start with `records`.
"""
