"""Imports discussions from other forums. Each format has a package that reads records; `writing` stores them.

Start with `pipeline`, which does all steps in order.
"""
