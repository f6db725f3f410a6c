"""Django's admin site with our sign-in, first page and fast lists.

Imports no app; start with `site`. Apps add to it through `registry`.
"""
