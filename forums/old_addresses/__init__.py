"""The addresses that imported topics, comments, members and categories had on their old site.

Imports `models`; start with `keys`.
"""
