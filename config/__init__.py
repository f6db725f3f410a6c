"""Composes the site: settings, URLs, processes, engines, caching, admin and everything around a request.

Imports no app; start with `settings` and `urls`.
"""
