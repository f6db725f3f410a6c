"""The search index, and what has to be written to it.

Imports `models.discussion`; start with `search_entry`. `forums.search` writes and reads the rows.
"""
