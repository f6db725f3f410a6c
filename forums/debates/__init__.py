"""Debates on pages, in live updates and in calendars, and the times at which they begin and end.

Imports `models`, `listing`, `moderation.acts`, `posting` and `reading`; start with `panel`.
The verbs of a debate are in `models/debates/debate.py`.
"""
