"""The moderators' queue of cases, on the site and in the admin: pages, decisions, raids and members' history.

Imports `moderation`; start with `pages`.
"""
