"""Tags: which a viewer sees, which an author may choose, and how synonyms are replaced.

Imports `models`, `access` and `listing.categories`; start with `seen`.
"""
