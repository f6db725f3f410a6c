"""Imports discussions from other forums: a package per format reads records, and `writing` stores them.

Imports `models`, `markup`, `tree` and `reading`; start with `pipeline`, which does all steps in order.
"""
