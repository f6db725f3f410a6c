"""Backups of the whole site in one file: writes, prunes, restores and verifies them.

Imports `engines`, and `management` for its errors. Start reading with `archive`.
"""
