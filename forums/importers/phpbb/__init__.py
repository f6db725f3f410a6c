"""Reads a SQL dump of phpBB 3. Imports `records`; start with `dump`."""
