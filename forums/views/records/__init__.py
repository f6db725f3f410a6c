"""The pages and files of records.

Imports `records`; start with `records`.
"""
