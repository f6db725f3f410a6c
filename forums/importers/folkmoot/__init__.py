"""Reads the export of another site with this software, which `forums/export/README.md` documents; start with `dump`."""
