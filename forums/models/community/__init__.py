"""The words of a community about itself, which administrators edit: its rules, and its front page.

Imports no other package of models; start with `rule`.
"""
