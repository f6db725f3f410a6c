"""Lists of topics: which, in which order, a page at a time; their rows, the category tree and search.

Imports `models` and `access`; start with `topic_lists`.
"""
