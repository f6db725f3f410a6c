"""Writes records as members, categories, topics and comments.

Imports `records` and `models`; start with `batch`.
"""
