"""Outcomes of polls and debates on pages: their form, searching for them, and reminders of reviews.

Imports `models`, `access`, `moderation.forms`, `posting.fields` and `search`; start with `form`.
The verbs are in `models/outcomes/outcome.py`.
"""
