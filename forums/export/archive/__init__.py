"""Writes the export as pages that any browser reads without a server and without scripts; start with `write`.

Imports `models`, `reading` and the identifiers of `export`.
"""
