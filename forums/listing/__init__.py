"""Lists of topics: which, in which order, a page at a time; their rows, and the category tree.

Imports `models` and `access`; start with `topic_lists`.
"""
