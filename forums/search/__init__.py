"""Search: words of texts, the index, queries, results, and suggestions while somebody types.

Imports `models`, `access` and `listing.categories`; start with `find`, and with `index` for how words get there.
"""
