"""Sign-up, sign-in and sessions: adapters for allauth, blocks, captcha, second factor, known devices.

May import `models`, `identity` and `registries`.
"""
