"""Builds a topic's page: selects comments, renders them, adds the viewer's state, and computes changes since a version.

Imports `models`, `access`, `listing` and `moderation.public_log`; start with `topic_page`.
"""
