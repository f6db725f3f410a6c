"""Rows that concern one member: drafts, visits, watches, bookmarks and collapsed branches.

Imports no other package of models; start with `visit`.
"""
