"""Takes the texts of members: forms, filters, limits for new members, publishing, and trust levels.

Imports `models` and `moderation.acts`; start with `publish`.
"""
