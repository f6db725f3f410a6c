"""Reads the archive of a mailing list in mbox files, as pipermail or a mail program writes them.

Imports `records`; start with `dump`.
"""
