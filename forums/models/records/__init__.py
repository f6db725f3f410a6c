"""Records of ended polls and debates: a chain of hashes, the texts that can be removed, and what waits to be recorded.

Imports nothing of the project; start with `record`.
"""
