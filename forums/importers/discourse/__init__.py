"""Reads a Discourse export, one JSON file per topic or per post. Imports `records`; start with `dump`."""
