"""The records of an export: their files, their fields and the permanent names in them. Start with `records`.

Imports `models` and `moderation.public_log`.
"""
