"""Reports, cases, actions, appeals, rules, filters and posts that wait for a moderator.

Imports `discussion`; start with `action`.
"""
