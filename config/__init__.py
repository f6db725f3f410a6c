"""Compose the site: settings, URLs, processes, engines, caching and web plumbing.

Imports no app; start with `settings` and `urls`.
"""
