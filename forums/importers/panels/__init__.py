"""Hands imported polls and debates to those who store them.

Imports `records`, `models` and `reading.topic_panels`; start with `polls`.
"""
