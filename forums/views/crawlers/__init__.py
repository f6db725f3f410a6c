"""Addresses for search engines and other programs: the sitemap and the files that they ask every site for.

Imports `models`, `listing` and `config`; start with `sitemaps`.
"""
