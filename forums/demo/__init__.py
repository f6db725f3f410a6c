"""Fills an empty forum with an invented town: `members.toml`, `categories.toml` and `topics/*.txt`.

Imports `models`, `markup` and `reading`; start with `populate`.
"""
