"""Moderation: the declarations of all acts, undoing, reports, appeals, the public log, and forms.

Imports `models`, `posting` and `moderation.acts`; start with `declarations`.
"""
