"""Rows that concern one member: drafts, visits, watches, bookmarks, collapsed branches, and the sources of imports.

Imports no other package of models; start with `visit`.
"""
