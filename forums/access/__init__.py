"""Permissions, roles, acts and refusals as pure rules on rows that are already loaded.

Imports no model; start with `permissions`.
"""
