"""Reads a Stack Exchange dump, a few large XML files. Imports `records`; start with `dump`."""
