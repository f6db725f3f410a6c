"""Members: sign-up, sign-in, profiles, preferences, sanctions and deletion.

Imports `config` and no other app; start with `models/user.py`.
"""
