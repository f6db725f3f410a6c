"""Writes records as members, categories, topics and comments.

Imports `records`, `texts`, `markup`, `models`, `tree` and `reading`; start with `batch`.
"""
