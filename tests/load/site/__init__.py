"""Starts the site that is measured, with or without nginx, and reads the memory and processor time of its processes.

Imports `config` and nothing else of `tests.load`. Start reading in `serve`.
"""
