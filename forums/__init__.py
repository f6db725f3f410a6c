"""The discussion: topics, comments, notifications, live updates, moderation and debates.

Imports `config` and `accounts`; start with README.md.
"""
