"""Turns foreign texts into ours: links, conversion to Markdown and HTML, and the words that were lost on the way.

Imports `records`, `markup`, `models` and `old_addresses`; start with `conversion`.
"""
