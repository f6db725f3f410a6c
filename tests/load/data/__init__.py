"""Generates the forum that is measured and writes it to the database.

Imports the apps' models and nothing else of `tests.load`. Start reading in `fill`.
"""
