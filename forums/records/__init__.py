"""Records of ended polls and debates: written by a task into a chain of hashes, and shown as files and pages.

Imports `models` and `export`; start with `writing`.
"""
