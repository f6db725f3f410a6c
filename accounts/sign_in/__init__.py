"""Sign-up, sign-in and sessions: adapters for allauth, blocks, captcha, second factor, known devices.

Imports `models`, `identity` and `registries`; start with `adapter`.
"""
