"""A member's page, active days, data export and deletion. Other apps register their parts.

Imports `models`, `registries` and `sign_in`; start with `sections`.
"""
