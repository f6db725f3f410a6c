"""Reports, cases, actions, appeals, rules, filters and pending posts.

Imports `discussion`, `personal` and `notifications`; start with `action`.
"""
