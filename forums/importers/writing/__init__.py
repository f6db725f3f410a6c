"""Writes records as members, categories, topics and comments.

Imports `records`, `texts`, `panels`, `markup`, `models`, `tree` and `reading`; start with `batch`.
"""
