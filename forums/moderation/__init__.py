"""Moderation: declarations of all acts, undoing, reports, appeals, the public log and forms.

Imports `moderation.acts` and the models; start with `declarations`.
"""
