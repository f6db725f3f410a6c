"""Fetches what other pages say about themselves, for previews below links. Imports `models` and `config.fetching`.

Start with `fetching`.
"""
