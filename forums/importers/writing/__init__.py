"""Writes records as members, categories, topics and comments.

Imports `records`, `markup`, `models`, `tree` and `reading`; start with `batch`.
"""
