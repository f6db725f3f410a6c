"""Imports discussions from other forums: one package for each format reads records, and `writing` stores them.

Start with `pipeline`, which does all steps in order.
"""
