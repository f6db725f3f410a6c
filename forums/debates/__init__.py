"""Debates on pages, in live updates and in calendars, and the times at which they begin and end.

Imports `models`, `moderation.acts`, `posting` and `reading`; what a debate can do is in `models/debates/debate.py`.
Start with `panel`.
"""
