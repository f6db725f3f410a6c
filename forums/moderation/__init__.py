"""Moderation: the declarations of all acts, acts that run as tasks, undoing, reports, appeals, the log, and forms.

Imports `models`, `posting` and `moderation.acts`; start with `declarations`.
"""
