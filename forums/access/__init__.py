"""Permissions, roles, acts and refusals: pure functions of rows that are already loaded.

Imports no model; start with `permissions`.
"""
