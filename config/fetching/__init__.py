"""Reads pages and files of other sites, which may be hostile: `fetcher.fetch(address)` returns type and bytes.

Imports only settings. Start with `fetcher`; `addresses` decides which hosts may be reached.
"""
