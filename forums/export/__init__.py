"""Writes all public content into a directory of open formats. `README.md` documents them; start with `write`.

Imports `models`, `moderation.public_log` and `reading`.
"""
