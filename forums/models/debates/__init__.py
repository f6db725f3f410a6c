"""Debates, the sides that members take, and the figures about them.

Imports `discussion` and `notifications`; start with `debate`.
"""
