"""Brings the pictures of imported texts: files of the archive, or downloads.

Imports `records`, `models` and `forums.pictures`; start with `bringing`.
"""
